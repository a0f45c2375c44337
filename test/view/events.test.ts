import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EVENT_KINDS, EventLog } from '../../src/model/events.ts';
import { lineText } from '../../src/pages/render.ts';
import { textWidth } from '../../src/units/text.ts';
import { chosenEvents, eventFilterProblem, eventLines } from '../../src/view/events.ts';
import { testMachine } from '../support/model.ts';

// the clock of the board is local time
process.env['TZ'] = 'UTC';

const machine = testMachine();
/** 12:01:00 */
const NOON = Date.UTC(2026, 10, 21, 12, 1);
const SUPERPRIV = 0x100;
const EXITING = 0x4;
const letter = (state: string): number => state.charCodeAt(0);
const still = { state: letter('S'), flags: 0x400000, policy: 0 };

function story(): EventLog {
  const log = new EventLog();
  const sh = { pid: 871, tgid: 871, startTicks: 4711, comm: 'sh' };
  const tar = { pid: 1544, tgid: 1540, startTicks: 99, comm: 'tar' };
  log.begin(1000, NOON);
  log.appeared(sh, still);
  log.begin(3000, NOON + 2000);
  log.changed(sh, still, { ...still, flags: 0x400000 | SUPERPRIV }, 2);
  log.changed(tar, still, { ...still, state: letter('D') }, 5);
  log.begin(15_000, NOON + 14_000);
  log.changed(tar, { ...still, state: letter('D') }, { ...still, policy: 1 }, 12);
  log.gone(sh, { state: letter('D'), flags: 0x400000 | EXITING, policy: 0 });
  return log;
}

const texts = (columns: number, dropped?: number): string[] =>
  eventLines(story().list, machine, columns, dropped === undefined ? {} : { dropped }).map(({ line }) =>
    lineText(line),
  );

describe('the board of events', () => {
  test('the latest first, in words', () => {
    assert.deepEqual(texts(80, 1000), [
      ' TIME            PID COMM  6 events since 12:01:00, 1,000 older dropped',
      ' 12:01:14        871 sh    gone, last seen in state D with PF_EXITING',
      ' 12:01:14  1540/1544 tar   policy other → fifo',
      ' 12:01:14  1540/1544 tar   left D after 12s, now S',
      ' 12:01:02  1540/1544 tar   entered D',
      ' 12:01:02        871 sh    gained PF_SUPERPRIV',
      ' 12:01:00        871 sh    appeared',
    ]);
  });

  test('in few words where there is little room', () => {
    assert.deepEqual(texts(40), [
      ' TIME           PID COMM 6 events sinc…',
      ' 12:01:14       871 sh   gone, last D',
      ' 12:01:14 1540/1544 tar  other → fifo',
      ' 12:01:14 1540/1544 tar  left D, 12s',
      ' 12:01:02 1540/1544 tar  entered D',
      ' 12:01:02       871 sh   + SUPERPRIV',
      ' 12:01:00       871 sh   appeared',
    ]);
  });

  test('a line stands for its task; D is bad, what is gone is dim', () => {
    const [head, gone, , , entered] = eventLines(story().list, machine, 80);
    assert.equal(head!.task, undefined);
    assert.deepEqual(gone!.task, { pid: 871, startTicks: 4711 });
    assert.equal(gone!.line.spans.at(-1)!.tone, 'dim');
    assert.deepEqual(entered!.task, { pid: 1544, startTicks: 99 });
    assert.equal(entered!.line.spans.at(-1)!.tone, 'bad');
  });

  test('flags have the names of that kernel and task; bits without one are told as such', () => {
    const gained = (kernel: string, comm: string, mask: number): string => {
      const log = new EventLog();
      log.begin(1000, NOON);
      const task = { pid: 5, tgid: 5, startTicks: 1, comm };
      log.changed(task, { ...still, flags: 0 }, { ...still, flags: mask }, 1);
      return lineText(eventLines(log.list, testMachine({ releaseText: kernel }), 120)[1]!.line).slice(12);
    };
    // kcompactd has a bit of its own in 6.12 by backport alone
    const all = ['6.12.30', '6.18.0'].map(kernel => gained(kernel, 'kcompactd0', 0x10000));
    assert.ok(
      all.every(words => words.endsWith('gained PF_KCOMPACTD')),
      all.join('\n'),
    );
    assert.match(gained('6.12.30', 'sh', 0x10000), /gained 0x10000$/);
  });

  const filtered = (filter: string): string[] =>
    eventLines(story().list, machine, 80, { filter }).map(({ line }) => lineText(line));

  test('a filter leaves those of a kind, and those with all its words', () => {
    const HEAD = ' TIME            PID COMM  ';
    const ENTERED = ' 12:01:02  1540/1544 tar   entered D';
    const LEFT = ' 12:01:14  1540/1544 tar   left D after 12s, now S';
    assert.deepEqual(filtered('kind=entered_d'), [`${HEAD}1 of 6 events since 12:01:00`, ENTERED]);
    assert.deepEqual(filtered('kind = entered_d, LEFT').slice(1), [LEFT, ENTERED]);
    assert.deepEqual(filtered('tar kind=entered_d,left now').slice(1), [LEFT]);
    assert.deepEqual(filtered('kind != gained, gone, pol, app').slice(1), [LEFT, ENTERED]);
    assert.deepEqual(filtered('12:01:02 tar').slice(1), [ENTERED]);
    assert.deepEqual(filtered('kind==entered_d'), filtered('kind=entered_d'));
    assert.deepEqual(filtered('kind !== entered_d'), filtered('kind!=entered_d'));
    // g: gone and gained_flags
    assert.deepEqual(
      chosenEvents(story().list, 'kind=g', machine).map(({ kind }) => kind),
      ['gained_flags', 'gone'],
    );
    // two terms both hold; one without a kind, as when it is being typed, leaves all
    assert.deepEqual(chosenEvents(story().list, 'kind=gone kind=policy', machine), []);
    for (const text of ['', 'kind=', 'kind = ', 'kind!='])
      assert.equal(chosenEvents(story().list, text, machine).length, 6);
    // a word, not the term
    assert.equal(chosenEvents(story().list, 'mankind=gone', machine).length, 0);
  });

  test('words are found whatever the width leaves of them', () => {
    const lines = eventLines(story().list, machine, 40, { filter: 'with pf_exiting' });
    assert.deepEqual(
      lines.slice(1).map(({ line }) => lineText(line)),
      [' 12:01:14       871 sh   gone, last D'],
    );
  });

  test('what lets nothing through says so; no kind begins with that', () => {
    assert.deepEqual(filtered('nowhere').slice(1), [' no event is like this; Esc shows all']);
    assert.equal(eventFilterProblem('kind=gone sh'), undefined);
    assert.equal(
      eventFilterProblem('kind=gone,died'),
      "no kind of event begins with 'died': appeared, gone, entered_d, left_d, gained_flags, policy",
    );
  });

  test('kind without an = is no word to look for', () => {
    for (const text of ['kind!gone', 'kind ! gone', 'sh kind!', 'kind:gone', 'kind~gone'])
      assert.equal(eventFilterProblem(text), 'write kind=gone or kind!=gone');
    for (const text of ['kind', 'mankind!gone', 'kind!=', 'kinds'])
      assert.equal(eventFilterProblem(text), undefined, text);
  });

  test('any filter: fewer events, each of them one of all', () => {
    const { list } = story();
    const part = fc.constantFrom('kind', '=', '!', ',', ' ', 'gone', 'd', 'x', '\\', '(', 'é', '\u0000');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map(parts => parts.join('')),
        ),
        text => {
          for (const event of chosenEvents(list, text, machine)) assert.ok(list.includes(event));
        },
      ),
    );
  });

  test('without events it says so', () => {
    assert.deepEqual(
      eventLines([], machine, 80).map(({ line }) => lineText(line)),
      [' TIME      PID COMM  no events'],
    );
  });

  test('any name, any numbers, any width: one harmless line an event, none too long', () => {
    const event = fc.record({
      kind: fc.constantFrom(...EVENT_KINDS),
      pid: fc.integer({ min: 1, max: 1 << 22 }),
      tgid: fc.integer({ min: 1, max: 1 << 22 }),
      startTicks: fc.nat(),
      comm: fc.string({ unit: 'binary', maxLength: 20 }),
      ms: fc.nat(),
      wallMs: fc.oneof(fc.nat(), fc.constant(Number.NaN)),
      state: fc.constantFrom('D', 'S', 'Z', '\x1b'),
      flags: fc.nat(),
      gained: fc.nat(),
      policy: fc.tuple(fc.integer(), fc.integer()),
      seconds: fc.double(),
    });
    fc.assert(
      fc.property(fc.array(event), fc.constantFrom(40, 80, 120), (events, columns) => {
        const lines = eventLines(events, machine, columns);
        assert.equal(lines.length, events.length + 1);
        for (const { line } of lines) {
          const text = lineText(line);
          assert.ok(textWidth(text) <= columns, text);
          for (const span of line.spans) assert.doesNotMatch(span.text, /[\x00-\x1f\x7f-\x9f\u202e]/);
        }
      }),
    );
  });
});
