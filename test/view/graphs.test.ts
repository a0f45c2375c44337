import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Past, SERIES, type SeriesName } from '../../src/model/system.ts';
import { textWidth } from '../../src/units/text.ts';
import { GRAPHS, type GraphsPage, graphsPage, resample } from '../../src/view/meters/graphs.ts';
import { historyOf, machineOf, pressure, statText } from '../support/meters.ts';
import { lineText } from '../support/monitor.ts';

/** A past of one series; the others were not known. */
function pastOf(series: SeriesName, ...samples: readonly (readonly [ms: number, value: number])[]): Past {
  const nothing = Object.fromEntries(SERIES.map(name => [name, samples.map(() => Number.NaN)]));
  return {
    ...(nothing as unknown as Record<SeriesName, number[]>),
    ms: samples.map(([ms]) => ms),
    [series]: samples.map(([, value]) => value),
  };
}

describe('resampled', () => {
  const NONE = Number.NaN;
  test('a sample stands for the time since the one before', () => {
    const past = pastOf('user', [0, NONE], [2000, 10], [4000, 30]);
    assert.deepEqual(resample(past, 'user', 4000, 4), [10, 10, 30, 30]);
    assert.deepEqual(resample(past, 'user', 8000, 8), [NONE, NONE, NONE, NONE, 10, 10, 30, 30]);
  });
  test('of several the largest is shown', () => {
    const past = pastOf('user', [0, NONE], [1000, 5], [2000, 90], [3000, 1], [4000, 2]);
    assert.deepEqual(resample(past, 'user', 4000, 2), [90, 2]);
  });
  test('a value that was missing leaves a gap', () => {
    const past = pastOf('user', [0, NONE], [1000, 5], [2000, NONE], [3000, 7]);
    assert.deepEqual(resample(past, 'user', 3000, 3), [5, NONE, 7]);
  });
  test('the picture moves on, it does not change: parts lie at fixed times', () => {
    const values = [4, 9, 1, 7, 3, 8, 2, 6, 5, 9, 1, 4];
    const all = values.map((value, at): [number, number] => [at * 1000, value]);
    const before = resample(pastOf('user', ...all.slice(0, 10)), 'user', 8000, 4);
    // two seconds later it stands one part further left
    const after = resample(pastOf('user', ...all), 'user', 8000, 4);
    assert.deepEqual(after.slice(0, 2), before.slice(1, 3));
  });
  test('nothing, and one sample', () => {
    assert.deepEqual(resample(pastOf('user'), 'user', 1000, 2), [NONE, NONE]);
    assert.deepEqual(resample(pastOf('user', [500, 7]), 'user', 1000, 2), [NONE, NONE]);
  });
  test('no peak is ever lost, whatever the times', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 1000 })), {
      minLength: 2,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 200 }), (list, count) => {
        let ms = 0;
        const samples = list.map(([step, value]): [number, number] => [(ms += step), value]);
        const past = pastOf('user', ...samples);
        const out = resample(past, 'user', ms * 2, count);
        assert.equal(out.length, count);
        const known = samples.slice(1).map(([, value]) => value);
        assert.equal(Math.max(...out.filter(Number.isFinite)), Math.max(...known));
        assert.equal(out.at(-1)! >= known.at(-1)!, true, 'the newest stands at the right');
      }),
    );
  });
});

const BUSY = machineOf([
  [1000, 0, 250, 1250],
  [0, 0, 0, 2500],
]);

const page = (columns: number, rows: number, scroll = 0, y = 7): GraphsPage =>
  graphsPage(BUSY, { y, columns, rows, scroll });

describe('the page', () => {
  test('two by two on a large screen, one below the other on a small one', () => {
    const pairs = page(120, 30);
    assert.deepEqual(
      pairs.charts.map(({ x, y, height }) => [x > 60, y, height]),
      [
        [false, 8, 13],
        [true, 8, 13],
        [false, 23, 13],
        [true, 23, 13],
      ],
    );
    assert.equal(pairs.height, 30);
    const single = page(60, 16);
    assert.equal(single.height, 32);
    assert.deepEqual(
      single.charts.map(({ y }) => y),
      [8, 16, 24, 32],
    );
    assert.equal(page(60, 16, 8).charts[1]!.y, 8, 'scrolled');
  });

  test('each has its title, its scale and its present values', () => {
    const text = page(120, 30).lines.map(lineText);
    // of 5,000 ticks 1,000 and 250
    assert.match(
      text[0]!,
      /^ CPU % {2}u user 20\.0 {2}s system {2}5\.0 {2}w iowait {2}0\.0 +Faults {2}m minor 3\.21k\/s {2}M major +41\/s$/,
    );
    assert.match(text[1]!, /^ {3}20│ +5\.00k│ +│50$/);
    assert.match(text[2]!, /^ {5}│ +m│ +│M$/);
    assert.match(text[13]!, /^ {4}0│ +0│ +│0$/);
    assert.match(text[14]!, /^ {6}-1m +-30s +now +-1m +-30s +now$/);
    assert.match(
      text[15]!,
      /^ Pressure % {2}c cpu {2}2\.1 {2}m memory {2}0\.4 {2}i io 18\.7 +Switches {2}c ctxt 5\.10k\/s {2}i intr 2\.00k\/s$/,
    );
    assert.match(text[16]!, /^ {3}20│ +10\.0k│ +│2\.00k$/);
    const narrow = page(80, 16).lines.map(lineText);
    assert.match(narrow[0]!, /^ CPU % {2}u 20\.0 {2}s {2}5\.0 {2}w {2}0\.0 +Faults {2}m 3\.21k\/s {2}M +41\/s$/);
  });

  test('values are shares of their scale', () => {
    const [cpu, faults] = page(120, 30).charts;
    assert.deepEqual(
      cpu!.lines.map(({ values }) => values.at(-1)),
      [1, 0.25, 0],
    );
    // 3,210 of 5,000 and 41 of 50, each on its own scale
    assert.deepEqual(
      faults!.lines.map(({ values }) => values.at(-1)),
      [0.642, 0.82],
    );
  });

  test('marks tell the lines of a graph apart', () => {
    for (const { lines } of GRAPHS) {
      assert.equal(new Set(lines.map(({ mark }) => mark)).size, lines.length);
      for (const { mark } of lines) assert.match(mark, /^[A-Za-z]$/);
    }
  });

  test('a machine of which nothing is known', () => {
    const text = graphsPage(historyOf(), { y: 0, columns: 120, rows: 30, scroll: 0 }).lines.map(lineText).join('\n');
    assert.match(text, /user {4}- .* minor +- /);
  });

  test('the window grows in steps, the scale too', () => {
    const second = (at: number): Record<string, string> => ({
      stat: statText([[at * 50, 0, 0, at * 50]]),
      'pressure/io': pressure(at > 40 ? 51 : 1, 0),
    });
    const grown = historyOf(...Array.from({ length: 62 }, (_, at) => second(at)));
    const text = graphsPage(grown, { y: 0, columns: 120, rows: 30, scroll: 0 }).lines.map(lineText);
    assert.match(text[14]!, /-2m +-1m00s|-2m +-1m/);
    assert.match(text[1]!, /^ {3}50│/);
    assert.match(text[16]!, /^ {2}100│/);
  });

  test('at every size: on its lines, beside its text, within the edge', () => {
    for (let columns = 10; columns <= 300; columns += 7) {
      for (let rows = 1; rows <= 100; rows += 3) {
        const { lines, charts, height } = page(columns, rows);
        assert.ok(lines.length <= rows && lines.length === Math.min(rows, height), `${columns}×${rows}`);
        for (const chart of charts) {
          assert.ok(chart.width >= 1 && chart.height >= 3 && chart.x >= 0);
          if (columns >= 20) assert.ok(chart.x + chart.width < columns, `${columns}×${rows}: ${chart.id}`);
          for (const { values } of chart.lines)
            assert.ok(values.every(value => Number.isNaN(value) || (value >= 0 && value <= 1)));
          for (let row = chart.y; row < chart.y + chart.height; row++) {
            for (const { x, text } of lines[row - 7]?.spans ?? [])
              assert.ok(x >= chart.x + chart.width || x + textWidth(text) <= chart.x, `${columns}×${rows}: ${text}`);
          }
        }
        for (const { spans } of lines) {
          let free = 0;
          for (const { x, text } of spans) {
            assert.ok(x >= free, `${columns}×${rows}: '${text}'`);
            free = x + textWidth(text);
          }
          if (columns >= 20) assert.ok(free <= columns, `${columns}×${rows}: ${free}`);
        }
      }
    }
  });
});
