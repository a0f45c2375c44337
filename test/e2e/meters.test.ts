/** The lines above the table and the page of graphs, at all sizes. */
import assert from 'node:assert/strict';
import { BY_CPU, expectPids, nextInstant, openBakery, pidsOf } from './bakery.ts';
import { ptyTest, type Screen } from './harness.ts';

const SIZES = [
  [40, 10],
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

/** What each line may begin with; the rest of a line that was too wide would stand at the beginning of the next. */
const HEADER =
  /^(?: *taskscope| *bakery| ?CPU| +\d\[| ?Mem| ?Swp| ?Faults| ?Events| ?min| ?self| ?FROZEN| ?\d+ tasks| ?meters: )/;

const PLOT = /^ *(?:$|CPU %|Faults|Pressure|Switches|[\d.]+k?\b|[│└┤├]|-?\d+ ?(?:s|m|min))|^ {2,}/;

/** The whole screen at this size: header, titles, rows, bar; at least half of it is the table. */
async function expectWhole(screen: Screen, columns: number, rows: number): Promise<void> {
  const titles = (): number => screen.find(/^ +PID\b.* S\b/);
  const isWhole = (): boolean => {
    const lines = screen.lines();
    const body = lines.slice(titles() + 1, -1);
    const tasks = Math.min(BY_CPU.length, body.length);
    return (
      titles() >= 1 &&
      titles() <= rows / 2 &&
      lines.slice(0, titles()).every(line => HEADER.test(line)) &&
      body.every((line, at) => (at < tasks ? new RegExp(`^ +${BY_CPU[at]} `).test(line) : line.trim() === '')) &&
      /^ F1 Help/.test(lines.at(-1)!)
    );
  };
  await screen.until(isWhole, `a whole screen at ${columns}x${rows}`);
}

ptyTest('m: compact, full, off, auto, at every size; nothing runs over the edge', async (open, t) => {
  for (const [columns, rows] of SIZES) {
    const screen = await openBakery(open, t, [], { columns, rows });
    await expectWhole(screen, columns, rows);
    for (const layout of ['compact', 'full', 'off', 'auto']) {
      await screen.press('m');
      await screen.expectText(`meters: ${layout}`);
      await expectWhole(screen, columns, rows);
      if (layout === 'off') await screen.until(() => screen.find(/^ +PID/) === 1, 'one line above the table');
    }
    await screen.press('q');
    assert.equal(await screen.exitStatus(), 0);
  }
});

ptyTest('the size changes while it runs', async (open, t) => {
  const screen = await openBakery(open, t);
  for (const [columns, rows] of [...SIZES, ...SIZES.slice(0, 2)]) {
    screen.resize(columns, rows);
    await expectWhole(screen, columns, rows);
  }
});

ptyTest('1: a bar for every CPU, or one for all; their shares are those of the ticks', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.expectText(/CPU 0\[.* 60\.0%\]/);
  await screen.expectText(/ 1\[.* 20\.0%\]/);
  await screen.press('1');
  await screen.expectText(/CPU ?×2 ?\[.* 40\.0%\]/);
  await screen.expectNoText('60.0%');
  await screen.press('1');
  await screen.expectText(/CPU 0\[.* 60\.0%\]/);
  // 1,000 faults in ten seconds, 120 of them major
  await screen.expectText(/min +88\/s .*maj +12\/s .*ctxt +900\/s +intr +500\/s +forks +1\.0\/s/);
  await screen.expectText(/Mem \[.*512M\/1\.00G\]/);
});

ptyTest('the page of graphs at every size', async (open, t) => {
  for (const [columns, rows] of SIZES) {
    const screen = await openBakery(open, t, [], { columns, rows });
    await screen.press('s', '6');
    await screen.expectText('[6 GRAPHS]');
    await screen.expectText(/CPU %/);
    await screen.until(() => /^ F1 Help/.test(screen.line(rows - 1)), 'the bar');
    // below the header: the tabs, then titles, scales and axes; what ran over the edge would begin a line
    const plots = (): string[] => screen.lines().slice(screen.find('[6 GRAPHS]') + 1, -1);
    await screen.until(() => plots().every(line => PLOT.test(line)), 'nothing but graphs');
    await screen.press('escape');
    await expectWhole(screen, columns, rows);
    await screen.press('q');
    assert.equal(await screen.exitStatus(), 0);
  }
});

ptyTest('the graphs go on while they are looked at', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('s', '6');
  await screen.expectText(/CPU % .*user +30\.0/);
  await screen.expectText(/system +10\.0/);
  await nextInstant(screen, '22:30:20');
  await screen.expectText(/CPU % .*user +30\.0/);
  await screen.press('escape');
  await expectPids(screen, ...BY_CPU);
  assert.deepEqual(pidsOf(screen), BY_CPU);
});
