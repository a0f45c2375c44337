/** What a dialog asks for, out of what is chosen and typed; or what is wrong with that. */
import { type Action, isRealTime } from '../act/action.ts';
import { cpuList, cpuNumbers } from '../kernel/cpu-list.ts';
import { type Choice, findChoice, IO_CHOICES, POLICY_CHOICES, SIGNAL_CHOICES } from './dialog-choices.ts';
import { isManyThreaded } from './dialog-target.ts';
import type { Dialog, DialogFacts, DialogKind } from './dialog-state.ts';

export interface Problem {
  readonly problem: string;
}

const CHOICES: Record<DialogKind, readonly Choice[]> = {
  signal: SIGNAL_CHOICES,
  renice: [],
  'io-class': IO_CHOICES,
  affinity: [],
  policy: POLICY_CHOICES,
};

/** What there is to choose from; nice values and CPUs are typed. */
export const choicesOf = ({ kind }: Pick<Dialog, 'kind'>): readonly Choice[] => CHOICES[kind];

/** `fifo 50`: the policy, and the priority behind it. */
function policyWords(text: string): { readonly word: string; readonly number: string } {
  const [, word = '', number = ''] = /^(.*?)\s*(\d*)$/.exec(text.trim()) ?? [];
  return { word, number };
}

const nameTyped = ({ kind, line }: Dialog): string =>
  kind === 'policy' ? policyWords(line.text).word : line.text.trim();

const LEAST_RT = 1;
const MOST_RT = 99;
const isPriority = (number: string): boolean => Number(number) >= LEAST_RT && Number(number) <= MOST_RT;

/** Goes to what was typed. */
export function follow(dialog: Dialog): Dialog {
  const name = nameTyped(dialog);
  const found = name === '' ? -1 : findChoice(choicesOf(dialog), name, dialog.chosen);
  const chosen = found < 0 ? dialog.chosen : found;
  const { number } = policyWords(dialog.line.text);
  const rtPriority = dialog.kind === 'policy' && isPriority(number) ? Number(number) : dialog.rtPriority;
  return { ...dialog, chosen, rtPriority };
}

/** The choice, unless something was typed that is none. */
function chosenOf<Value>(dialog: Dialog, choices: readonly Choice<Value>[]): Choice<Value> | Problem {
  const name = nameTyped(dialog);
  const found = name === '' ? dialog.chosen : findChoice(choices, name, dialog.chosen);
  return choices[found] ?? { problem: `nothing here is called '${name}'` };
}

function signalAnswer(dialog: Dialog): Action | Problem {
  const choice = chosenOf(dialog, SIGNAL_CHOICES);
  return 'problem' in choice ? choice : { kind: 'signal', signal: choice.value };
}

function niceAnswer({ line, allThreads }: Dialog): Action | Problem {
  const text = line.text.trim();
  if (/^(\++|-+)$/.test(text)) {
    const nice = text.startsWith('+') ? text.length : -text.length;
    return { kind: 'renice', nice, relative: true, allThreads };
  }
  if (text === '') return { problem: 'type a nice value, or + and -' };
  const nice = /^[+-]?\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(nice >= -20 && nice <= 19)) return { problem: 'nice is a number from -20 to 19' };
  return { kind: 'renice', nice, relative: false, allThreads };
}

function ioAnswer(dialog: Dialog): Action | Problem {
  const choice = chosenOf(dialog, IO_CHOICES);
  return 'problem' in choice ? choice : { kind: 'io-class', ...choice.value, allThreads: dialog.allThreads };
}

/** A list of CPUs that the machine told; undefined: it did not. */
function known(list: string): ReadonlySet<number> | undefined {
  const numbers = cpuNumbers(list);
  return numbers && numbers.length > 0 ? new Set(numbers) : undefined;
}

function cpuProblem(cpus: readonly number[], { possibleCpus, onlineCpus }: DialogFacts): string | undefined {
  const possible = known(possibleCpus);
  const impossible = possible ? cpus.filter(cpu => !possible.has(cpu)) : [];
  if (impossible.length > 0) return `no CPU ${cpuList(impossible)} on this machine: it has ${possibleCpus}`;
  const online = known(onlineCpus);
  return online && !cpus.some(cpu => online.has(cpu)) ? `none of them is online: ${onlineCpus} are` : undefined;
}

function affinityAnswer({ line, facts, allThreads }: Dialog): Action | Problem {
  const text = line.text.replace(/\s/g, '');
  if (text === '') return { problem: 'type CPUs, as 0-3,5' };
  const cpus = [...new Set(cpuNumbers(text) ?? [])].sort((a, b) => a - b);
  // a range that runs backwards holds none
  if (cpus.length === 0) return { problem: 'this is no list of CPUs, as 0-3,5' };
  const problem = cpuProblem(cpus, facts);
  return problem === undefined ? { kind: 'affinity', cpus: cpuList(cpus), allThreads } : { problem };
}

function policyAnswer(dialog: Dialog): Action | Problem {
  const choice = chosenOf(dialog, POLICY_CHOICES);
  if ('problem' in choice) return choice;
  const { number } = policyWords(dialog.line.text);
  const realTime = isRealTime(choice.value);
  if (number !== '' && !realTime) return { problem: `${choice.value} has no priority: fifo and rr have` };
  if (number !== '' && !isPriority(number)) return { problem: `a priority is ${LEAST_RT} to ${MOST_RT}` };
  const rtPriority = realTime ? dialog.rtPriority : 0;
  return { kind: 'policy', policy: choice.value, rtPriority, allThreads: dialog.allThreads };
}

const ANSWERS: Record<DialogKind, (dialog: Dialog) => Action | Problem> = {
  signal: signalAnswer,
  renice: niceAnswer,
  'io-class': ioAnswer,
  affinity: affinityAnswer,
  policy: policyAnswer,
};

export const answerOf = (dialog: Dialog): Action | Problem => ANSWERS[dialog.kind](dialog);

/** Can it be chosen whether all threads are meant? */
export const hasScope = ({ kind, targets }: Dialog): boolean => kind !== 'signal' && targets.some(isManyThreaded);
