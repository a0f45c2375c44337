/** The dialog as a box of lines: what a user must have read before he presses Enter comes first. */
import { type Action, isRealTime, type Policy, signalText } from '../act/action.ts';
import { dateTimeText, timeText } from '../units/format.ts';
import { fit, harmless, textWidth } from '../units/text.ts';
import type { Line, Span, Tone } from '../view/cells.ts';
import { wrap } from '../view/pages.ts';
import { answerOf, choicesOf, hasScope } from './dialog-answer.ts';
import { type Effect, effectsOf } from './dialog-effects.ts';
import type { Dialog, DialogKind } from './dialog-state.ts';
import type { Target } from './dialog-target.ts';

interface Piece {
  readonly text: string;
  readonly tone: Tone;
}
/** A line within the box. */
type Row = readonly Piece[];

const WIDEST = 100;
/** Left and right of the text in the box. */
const EDGES = 4;
const INDENT = 2;

const plain = (text: string, tone: Tone = 'normal'): Row => [{ text, tone }];
const wrapped = (text: string, tone: Tone, width: number, indent = 0): Row[] =>
  wrap(harmless(text), Math.max(1, width - indent)).map(part => plain(' '.repeat(indent) + part, tone));

// ---- the tasks

const DAY_MS = 86_400_000;
const ROOMY = 60;

/** With its date where there is room for it, or it is not of the last day. */
function startedText(startedMs: number, nowMs: number, width: number): string {
  if (width >= ROOMY) return dateTimeText(startedMs);
  return nowMs - startedMs < DAY_MS ? timeText(startedMs) : dateTimeText(startedMs).split(' ')[0]!;
}

function identity(target: Target, { facts }: Dialog, width: number): Row {
  const { pid, tgid, isThread, user, startedMs, command } = target;
  const who = isThread && pid !== tgid ? `${pid} of ${tgid}` : String(pid);
  const started = startedText(startedMs, facts.nowMs, width);
  return [
    { text: who, tone: 'strong' },
    { text: ` ${fit(harmless(user), width < ROOMY ? 8 : 16)} ${started} `, tone: 'normal' },
    { text: harmless(command), tone: 'strong' },
  ];
}

const SEVERITY = ['dim', 'warn', 'bad'] as const;
const worst = (effects: readonly Effect[]): Effect['tone'] =>
  SEVERITY.findLast(tone => effects.some(effect => effect.tone === tone)) ?? 'dim';

/** Who it is and what will happen to it; a line for each effect when there is one task only. */
function targetRows(dialog: Dialog, target: Target, effects: readonly Effect[], width: number): Row[] {
  const told =
    dialog.targets.length === 1 || effects.length === 0
      ? effects
      : [{ text: effects.map(({ text }) => text).join('; '), tone: worst(effects) }];
  return [identity(target, dialog, width), ...told.flatMap(({ text, tone }) => wrapped(text, tone, width, INDENT))];
}

/** At most so many lines; the last says that there were more. */
function cut(rows: readonly Row[], width: number, room: number): Row[] {
  if (rows.length <= room) return [...rows];
  const last = rows[room - 1]?.[0];
  const marked = room > 1 && last ? [plain(fit(last.text, width - 2) + ' …', last.tone)] : rows.slice(room - 1, room);
  return [...rows.slice(0, room - 1), ...marked];
}

/** The first tasks, and how many more there are. */
function targetsRows(dialog: Dialog, action: Action | undefined, width: number, room: number): Row[] {
  const { targets, kind, facts } = dialog;
  const effects = targets.map(target => effectsOf(target, kind, action, facts.ownPid));
  const out: Row[] = [];
  let shown = 0;
  for (const target of targets) {
    const rows = targetRows(dialog, target, effects[shown]!, width);
    const spare = room - out.length - (shown + 1 < targets.length ? 1 : 0);
    if (rows.length > spare && shown > 0) break;
    out.push(...cut(rows, width, Math.max(1, spare)));
    shown++;
  }
  if (shown === targets.length) return out;
  const warned = effects.slice(shown).filter(of => worst(of) !== 'dim').length;
  const text = `and ${targets.length - shown} more${warned > 0 ? `, ${warned} of them with a warning` : ''}`;
  return [...out, plain(text, warned > 0 ? 'warn' : 'normal')].slice(0, Math.max(1, room));
}

// ---- what is chosen and typed

const QUESTIONS: Record<DialogKind, string> = {
  signal: 'Signal',
  renice: 'Nice value',
  'io-class': 'Class',
  affinity: 'CPUs',
  policy: 'Policy',
};

const isTyped = (dialog: Dialog): boolean => choicesOf(dialog).length === 0;

/** The end of a text, at most so many cells of it. */
function tail(text: string, width: number): string {
  const characters = Array.from(text).slice(-width);
  while (textWidth(characters.join('')) > width) characters.shift();
  return characters.join('');
}

/** What has been typed, with the cursor in it; the part before the cursor where not all fits. */
function inputRow(dialog: Dialog, width: number): Row {
  const { kind, line } = dialog;
  const question = `${QUESTIONS[kind]}: `;
  const before = tail(harmless(line.text.slice(0, line.at)), Math.max(1, width - question.length - 1));
  const [under = ' ', ...after] = Array.from(harmless(line.text.slice(line.at)));
  return [
    { text: question, tone: 'normal' },
    { text: before, tone: 'key' },
    { text: under, tone: 'selected' },
    { text: after.join(''), tone: 'key' },
  ];
}

function choiceRow(dialog: Dialog, index: number, labels: number, width: number): Row {
  const { value, label, meaning } = choicesOf(dialog)[index]!;
  const shown = dialog.kind === 'policy' && isRealTime(value as Policy) ? `${label} ${dialog.rtPriority}` : label;
  const text = `${shown.padEnd(labels)}  ${meaning}`;
  if (index === dialog.chosen) return plain(fit(`> ${text}`, width).padEnd(width), 'selected');
  return plain(`  ${text}`);
}

/** So many of the choices around the chosen one. */
function choiceRows(dialog: Dialog, width: number, room: number): Row[] {
  const choices = choicesOf(dialog);
  const count = Math.max(0, Math.min(room, choices.length));
  const first = Math.max(0, Math.min(dialog.chosen - Math.floor(count / 2), choices.length - count));
  const labels = Math.max(0, ...choices.map(({ label }) => label.length)) + (dialog.kind === 'policy' ? 3 : 0);
  return Array.from({ length: count }, (_, index) => choiceRow(dialog, first + index, labels, width));
}

function noteText({ kind, facts }: Dialog): string {
  const { possibleCpus, onlineCpus } = facts;
  switch (kind) {
    case 'signal':
      return 'Type a number or a name.';
    case 'renice':
      return 'From -20 (first) to 19 (last); + and - are steps from what each task has.';
    case 'io-class':
      return 'Type r0 to b7, n, i. Only some I/O schedulers heed it: bfq, newer mq-deadline.';
    case 'affinity':
      return possibleCpus === ''
        ? 'A list, as 0-3,5.'
        : `This machine has ${possibleCpus}; online are ${onlineCpus || 'unknown'}.`;
    case 'policy':
      return 'Type a name; for fifo and rr a priority, 1 (least) to 99.';
  }
}

const NOTICE_ROWS = 2;
/** So many choices stay to be seen, however many tasks there are. */
const LEAST_CHOICES = 3;

function askingRows(dialog: Dialog, width: number, room: number): Row[] {
  const answer = answerOf(dialog);
  const notice = cut(dialog.notice === undefined ? [] : wrapped(dialog.notice, 'bad', width), width, NOTICE_ROWS);
  const input = isTyped(dialog) || dialog.line.text !== '' ? [inputRow(dialog, width)] : [];
  const free = room - notice.length - input.length;
  const all = choicesOf(dialog).length;
  const kept = Math.min(all, free > LEAST_CHOICES + 2 ? LEAST_CHOICES : 1);
  const half = dialog.targets.length === 1 ? free : Math.ceil(free / 2);
  const forTargets = Math.max(1, Math.min(free - kept, Math.max(half, free - all)));
  const targets = targetsRows(dialog, 'problem' in answer ? undefined : answer, width, forTargets);
  const choices = choiceRows(dialog, width, free - targets.length);
  const spare = free - targets.length - choices.length;
  const notes = wrapped(noteText(dialog), 'dim', width);
  const noted = spare >= notes.length ? notes : [];
  const blank = spare > noted.length ? [plain('')] : [];
  return [...targets, ...blank, ...input, ...choices, ...noted, ...notice];
}

// ---- what came of it

function resultRows({ results, targets, scroll }: Dialog, width: number, room: number): Row[] {
  const told = results.map((result, index) => ({ result, comm: targets[index]?.comm ?? '' }));
  const sorted = [...told.filter(({ result }) => !result.ok), ...told.filter(({ result }) => result.ok)];
  const blocks = sorted.map(({ result, comm }) =>
    wrapped(`${result.pid} ${comm}: ${result.text}`, result.ok ? 'normal' : 'bad', width),
  );
  const done = results.filter(({ ok }) => ok).length;
  const count = results.length === 1 ? [] : [plain(`${done} done, ${results.length - done} not`, 'strong')];
  const rows = blocks.flat();
  const space = Math.max(1, room - count.length);
  const from = Math.min(blocks.slice(0, scroll).flat().length, Math.max(0, rows.length - space));
  return [...count, ...rows.slice(from, from + space)];
}

function actingRows(dialog: Dialog, width: number): Row[] {
  const answer = answerOf(dialog);
  const what =
    !('problem' in answer) && answer.kind === 'signal'
      ? `${signalText(answer.signal)} is being sent`
      : 'it is being set';
  return wrapped(`${what} …`, 'normal', width);
}

// ---- the box

const TITLES: Record<DialogKind, string> = {
  signal: 'Signal to',
  renice: 'Nice of',
  'io-class': 'I/O class of',
  affinity: 'CPUs of',
  policy: 'Policy of',
};

function titleText({ kind, targets }: Dialog): string {
  const [first] = targets;
  return `${TITLES[kind]} ${targets.length === 1 && first ? `${first.pid} ${harmless(first.comm)}` : `${targets.length} tasks`}`;
}

function keysOf(dialog: Dialog): string[] {
  if (dialog.stage === 'acting') return ['Esc close'];
  if (dialog.stage === 'done') return ['Enter close', ...(dialog.results.length > 1 ? ['↑↓ more'] : [])];
  const step = {
    signal: '↑↓ choose',
    'io-class': '↑↓ choose',
    policy: '↑↓ choose  + - priority',
    renice: '+ - step',
    affinity: '',
  };
  return [
    dialog.kind === 'signal' ? 'Enter send' : 'Enter set',
    'Esc cancel',
    ...(hasScope(dialog) ? ['Tab threads'] : []),
    ...(step[dialog.kind] === '' ? [] : [step[dialog.kind]]),
  ];
}

/** As many as fit, in the order of their weight. */
function fitting(words: readonly string[], width: number): string {
  let text = '';
  for (const word of words)
    if (textWidth(text) + textWidth(word) + 2 <= width) text += (text === '' ? '' : '  ') + word;
  return text;
}

function border(ends: readonly [string, string], text: string, tone: Tone, x: number, width: number): Line {
  const shown = fit(text, Math.max(0, width - 6));
  const rule = '─'.repeat(Math.max(0, width - textWidth(shown) - 5));
  return {
    spans: [
      { x, text: `${ends[0]}─ `, tone: 'normal' },
      { x: x + 3, text: shown, tone },
      { x: x + 3 + textWidth(shown), text: ` ${rule}${ends[1]}`, tone: 'normal' },
    ],
  };
}

/** A row between its edges, cut and filled to the width of the box, so that nothing shows through. */
function inBox(row: Row, x: number, width: number): Line {
  const inner = width - EDGES;
  const spans: Span[] = [{ x, text: '│ ', tone: 'normal' }];
  let used = 0;
  for (const { text, tone } of row) {
    const shown = fit(text, inner - used);
    if (shown !== '') spans.push({ x: x + 2 + used, text: shown, tone });
    used += textWidth(shown);
  }
  spans.push({ x: x + 2 + used, text: ' '.repeat(inner - used) + ' │', tone: 'normal' });
  return { spans };
}

/**
 * The box: at most `rows` lines, as many as it needs, none wider than `columns`; centred from left to right. Its lines
 * are drawn over what is there; each covers the whole width of the box.
 */
export function dialogLines(dialog: Dialog, columns: number, rows: number): Line[] {
  const width = Math.min(columns, WIDEST);
  const x = Math.floor((columns - width) / 2);
  const inner = width - EDGES;
  const room = Math.max(1, rows - 2);
  const body = {
    asking: () => askingRows(dialog, inner, room),
    acting: () => actingRows(dialog, inner),
    done: () => resultRows(dialog, inner, room),
  }[dialog.stage]();
  return [
    border(['┌', '┐'], titleText(dialog), 'title', x, width),
    ...body.slice(0, room).map(row => inBox(row, x, width)),
    border(['└', '┘'], fitting(keysOf(dialog), width - 6), 'key', x, width),
  ].slice(0, Math.max(0, rows));
}
