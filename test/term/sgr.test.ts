/** From one look to another: a terminal shows the second, whatever the first was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import xterm from '@xterm/headless';
import { lookChange } from '../../src/term/sgr.ts';
import { PLAIN, palette, THEMES, TONES } from '../../src/term/theme.ts';

const DEPTHS = [0, 8, 16, 256] as const;

async function lookAfter(text: string): Promise<string> {
  const terminal = new xterm.Terminal({ cols: 4, rows: 1, allowProposedApi: true });
  await new Promise<void>(resolve => terminal.write(`${text}x`, resolve));
  const cell = terminal.buffer.active.getLine(0)!.getCell(0)!;
  return [cell.isBold(), cell.isUnderline(), cell.isInverse(), cell.getFgColor(), cell.getBgColor()].join(' ');
}

test('every look after every other', async () => {
  for (const depth of DEPTHS) {
    const looks = new Set([PLAIN, ...Object.values(THEMES).flatMap(theme => Object.values(palette(theme, depth)))]);
    for (const to of looks) {
      const alone = await lookAfter(lookChange(PLAIN, to));
      for (const from of looks) {
        const change = lookChange(from, to);
        assert.equal(await lookAfter(lookChange(PLAIN, from) + change), alone, JSON.stringify(change));
        assert.doesNotMatch(change, /[[;][34]9[;m]/);
      }
    }
  }
  assert.ok(TONES.length > 5);
});

test('the shorter way', () => {
  const { dim, normal, strong, bad } = palette(THEMES.default, 256);
  assert.equal(lookChange(dim, dim), '');
  assert.equal(lookChange(dim, normal), '\x1b[m');
  assert.equal(lookChange(normal, strong), '\x1b[1m');
  assert.match(lookChange(bad, dim), /^\x1b\[(?:0;)?38;5;\d+m$/);
});
