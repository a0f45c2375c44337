import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TTY_RANGES, ttyName, ttyNumbers, ttyRange } from '../../src/kernel/tty.ts';

test('terminals by number, encoded by hand', () => {
  const names: [number, string | undefined][] = [
    [0, undefined],
    [0x8800, 'pts/0'],
    [0x88ff, 'pts/255'],
    [0x0010882c, 'pts/300'], // minor 0x12c: 0x2c low, 0x1 from bit 20
    [0x8902, 'pts/258'],
    [0x8fff, 'pts/2047'],
    [0x0400, 'tty0'],
    [0x0401, 'tty1'],
    [0x0440, 'ttyS0'],
    [0x04ff, 'ttyS191'],
    [0x0500, 'tty'],
    [0x0501, 'console'],
    [0xcc40, 'ttyAMA0'],
    [0xcf10, 'ttymxc0'],
    [0xbc00, 'ttyUSB0'],
    [0x0010bc00, 'ttyUSB256'],
    [0xa601, 'ttyACM1'],
    [0xe500, 'hvc0'],
    [0x0300, 'ttyp0'],
    [0x03ff, 'ttyef'],
    [0x02a3, 'ptyz3'],
    [0xccff, '204:255'],
    [0xfe03, '254:3'],
    [0x000ffe03, '4094:3'],
  ];
  for (const [n, name] of names) assert.equal(ttyName(n), name, n.toString(16));
});

test('minors from 524288 on make the number negative', () => {
  assert.deepEqual(ttyNumbers(-2147448832), { major: 136, minor: 524288 }); // 0x80008800
  assert.equal(ttyName(-2147448832), 'pts/524288');
  assert.equal(ttyName(0x80008800), 'pts/524288');
  assert.equal(ttyName(-0xf7701), 'pts/1048575'); // 0xfff088ff
});

test('every device number survives the encoding', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xfff }), fc.integer({ min: 0, max: 0xfffff }), (major, minor) => {
      const encoded = (minor & 0xff) | (major << 8) | ((minor & 0xfff00) << 12);
      assert.deepEqual(ttyNumbers(encoded), { major, minor });
    }),
  );
});

test('ranges do not overlap, and say what the terminal is', () => {
  for (const [i, a] of TTY_RANGES.entries())
    for (const b of TTY_RANGES.slice(i + 1)) assert.ok(a.major !== b.major || a.to < b.from || b.to < a.from, b.name);
  assert.match(ttyRange(0xcc40)!.meaning, /PL011/);
  assert.equal(ttyRange(0xfe03), undefined);
});
