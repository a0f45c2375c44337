import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TaskView } from '../../src/fields/task.ts';
import type { FlagWatch } from '../../src/pages/context.ts';
import { flagsPage } from '../../src/pages/flags.ts';
import { pageText } from '../../src/pages/render.ts';
import { FakeDossier } from '../support/dossier.ts';
import { MACHINES, sampleFixture } from '../support/fixtures.ts';
import { Pushed, testMachine } from '../support/model.ts';

const NOTHING: FlagWatch = { openedMs: 1.7e12, changes: [] };

const text = (task: TaskView, watch: FlagWatch, wallMs: number): string[] =>
  pageText(flagsPage({ task, watch, wallMs, dossier: new FakeDossier({}) }), 120).split('\n');

describe('the flags page', () => {
  test('has all 32 bits once, for every captured kernel, set where the mask says', () => {
    for (const name of MACHINES) {
      const { cursor, table, machine } = sampleFixture(name, { files: false });
      for (const seat of table.order.subarray(0, table.count)) {
        const mask = cursor.at(seat).stat(9);
        const shown = text(cursor, NOTHING, 1.7e12);
        for (let bit = 0; bit < 32; bit++) {
          const hex = '0x' + (2 ** bit).toString(16).padStart(8, '0');
          const rows = shown.filter(line => line.startsWith(`  ${hex}  `));
          assert.equal(rows.length, 1, hex);
          assert.equal(rows[0]!.includes('●'), Math.floor(mask / 2 ** bit) % 2 === 1, `${hex} of ${cursor.pid}`);
          const flag = machine.flags.byMask(2 ** bit);
          // with the letter that the table has in its column of that title
          if (flag) assert.ok(rows[0]!.includes(` ${flag.letter}      ${flag.name.slice(3)} `), rows[0]);
        }
        assert.match(shown[3]!, /^ {2}bit {9}FLAGS {2}name PF_ /);
        assert.ok(shown[0]!.includes(machine.release.text));
      }
    }
  });
  test('a kernel beyond the tables is said to be so', () => {
    const first = (releaseText: string): string => {
      const pushed = new Pushed(testMachine({ releaseText }));
      pushed.sample([{ pid: 1 }], { ms: 0 });
      return text(pushed.cursor.at(0), NOTHING, 0)[0]!;
    };
    assert.match(first('9.1'), /newer than the newest table/);
    assert.match(first('2.6.9'), /older than the oldest table/);
    assert.match(first('4.2'), /table of 4\.2/);
  });
  test('changes: when, which, how often', () => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 1, flags: 0x100 }], { ms: 0 });
    const watch = {
      openedMs: 0,
      changes: [
        { wallMs: 60_000, set: 0x100, cleared: 0 },
        { wallMs: 50_000, set: 0, cleared: 0x100 },
        { wallMs: 40_000, set: 4, cleared: 0 },
      ],
    };
    const shown = text(pushed.cursor.at(0), watch, 62_000);
    assert.match(
      shown.find(line => line.startsWith('  0x00000100'))!,
      /2× 2\.0s/,
    );
    assert.match(
      shown.find(line => line.startsWith('  0x00000004'))!,
      /· +22s/,
    );
    assert.match(shown.join('\n'), /\+ PF_SUPERPRIV[^]*- PF_SUPERPRIV[^]*\+ PF_EXITING/);
  });
});
