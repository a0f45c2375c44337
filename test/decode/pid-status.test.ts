import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeStatus, statusNumber, statusValue } from '../../src/decode/pid-status.ts';
import { STATUS_KEYS_BY_NAME } from '../../src/kernel/status-keys.ts';
import { MACHINES, machineJson, openFixture } from '../support/fixtures.ts';
import { readWhole } from '../../src/sample/tree.ts';
import { bytes } from '../support/stat-line.ts';

for (const name of MACHINES) {
  test(`${name}: one value and all values agree, and every key is known`, () => {
    const tree = openFixture(name);
    let files = 0;
    for (const pid of Object.keys(machineJson(name).kept)) {
      const status = readWhole(tree, `${pid}/status`);
      if (typeof status === 'string') continue;
      files++;
      const all = decodeStatus(status);
      assert.equal(all.get('Pid'), pid);
      for (const [key, value] of all) {
        assert.equal(statusValue(status, key), value);
        assert.ok(STATUS_KEYS_BY_NAME.has(key), `${key} is not in the table`);
      }
      for (const key of ['', 'Nam', 'Names', 'name', 'Uid\t', 'NoSuchKey'])
        assert.equal(statusValue(status, key), all.get(key), key);
    }
    assert.ok(files > 10);
  });
}

test('a key is the whole word before the colon, at the start of a line', () => {
  const status = bytes('Name:\tSigPnd: x\nXSigPnd:\t1\nSigPnd:\t2\n');
  assert.equal(statusValue(status, 'SigPnd'), '2');
  assert.equal(statusValue(status, 'Name'), 'SigPnd: x');
  assert.equal(statusValue(bytes('Name:\ta'), 'Name'), undefined, 'cut: there may have been more of it');
  assert.equal(statusValue(bytes(''), 'Name'), undefined);
});

test('cut anywhere: no exception, and no key that is not there', () => {
  const whole = 'Name:\tinit\nUid:\t0\t1\t2\t3\nVmRSS:\t  123 kB\n';
  fc.assert(
    fc.property(fc.nat(whole.length), end => {
      const cut = bytes(whole.slice(0, end));
      for (const [key, value] of decodeStatus(cut)) assert.equal(statusValue(cut, key), value);
    }),
  );
});

test('kB are 1,024 bytes; what is no plain number is none', () => {
  assert.equal(statusNumber('123 kB'), 125952);
  assert.equal(statusNumber('0'), 0);
  assert.equal(statusNumber('4294967295'), 4294967295);
  for (const text of ['', 'kB', '12 MB', '1 2', '-1', '0x10', 'yes']) assert.equal(statusNumber(text), undefined, text);
});
