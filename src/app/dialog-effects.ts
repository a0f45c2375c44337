/** What an action will do to a task, as far as the kernel lets it be told beforehand. One sentence each. */
import { type Action, type Change, ioClassText, isRealTime, niceAfter, policyText } from '../act/action.ts';
import { policyName } from '../kernel/sched.ts';
import { type SignalFact, signalFact } from '../kernel/signals.ts';
import { isMissing, MISSING_REASONS, type Reading } from '../units/missing.ts';
import { isManyThreaded, type Target } from './dialog-target.ts';

export interface Effect {
  readonly text: string;
  readonly tone: 'dim' | 'warn' | 'bad';
}

const tell = (text: string): Effect => ({ text, tone: 'dim' });
const warn = (text: string): Effect => ({ text, tone: 'warn' });

const SIGKILL = 9;
const SIGCONT = 18;

const DEFAULT_WORDS: Record<SignalFact['action'], string> = {
  terminate: 'ends it',
  core: 'ends it, with a core dump where that is allowed',
  ignore: 'does nothing by default',
  stop: 'stops it',
  continue: 'continues it, were it stopped',
};

/** Is signal n in the mask? Undefined: not known. */
const isIn = (mask: Reading<bigint>, n: number): boolean | undefined =>
  isMissing(mask) ? undefined : ((mask >> BigInt(n - 1)) & 1n) === 1n;

/** Nothing is left that could take a signal, or be scheduled. */
const isDead = ({ state, threads }: Target): boolean => 'ZXx'.includes(state) && threads <= 1;

const zombieText = ({ ppid }: Target): string => `is a zombie: only its parent ${ppid} can reap it`;

/** Process 1, of whatever namespace: the kernel drops what it has no handler for. */
function initEffect({ initOf, caught }: Target, { n, name, uncatchable }: SignalFact): Effect | undefined {
  const handled = isIn(caught, n);
  if (initOf === undefined || handled === true) return undefined;
  const unless = handled === undefined ? ', unless it has one' : '';
  if (initOf === 'ours') return warn(`pid 1: signals without handler are ignored, ${name} too${unless}`);
  return uncatchable ? undefined : warn(`pid 1 of its namespace: ${name} without handler is ignored${unless}`);
}

function maskEffect(target: Target, fact: SignalFact): Effect {
  const { n, name } = fact;
  const byDefault = DEFAULT_WORDS[fact.action];
  const blocked = isIn(target.blocked, n);
  const ignored = isIn(target.ignored, n);
  const caught = isIn(target.caught, n);
  if (n === SIGCONT && target.state === 'T') return tell(`${name}: continues it`);
  if (fact.uncatchable) return tell(`${name}: ${byDefault}`);
  if (blocked === undefined || ignored === undefined || caught === undefined) {
    const why = isMissing(target.blocked) ? MISSING_REASONS[target.blocked.missing] : 'masks cut off';
    return warn(`not known whether it blocks, ignores or catches ${name}: ${why}`);
  }
  if (blocked && isManyThreaded(target)) {
    // the one that is pending was taken by none of the others
    const others = isIn(target.pending, n) === true ? '' : `: another of its ${target.threads} may take it`;
    return warn(`its first thread blocks ${name}${others}`);
  }
  if (blocked) return warn(`blocks ${name}: stays pending`);
  if (ignored) return warn(`ignores ${name}: nothing will happen`);
  if (caught) return tell(`catches ${name}: its handler runs`);
  return fact.action === 'ignore' ? warn(`${name}: ${byDefault}`) : tell(`${name}: ${byDefault}`);
}

/** Signals from here on are queued, however many are pending. */
const SIGRTMIN = 32;

/** It was sent before, and nobody has taken it. @see kernel/signal.c, legacy_queue() */
function pendingEffects({ pending }: Target, { n, name }: SignalFact): Effect[] {
  if (isIn(pending, n) !== true) return [];
  return [warn(`${name} is pending already: one more ${n < SIGRTMIN ? 'changes nothing' : 'is queued behind it'}`)];
}

/** What delays a signal that the task would take. */
function delays(target: Target, { n }: SignalFact): Effect[] {
  const { state, tracer } = target;
  if (state === 'D' && isManyThreaded(target))
    return [warn('its first thread is in D: it acts only when that wakes, unless another thread takes it')];
  if (state === 'D')
    return [warn(`is in D: acts only when it wakes${n === SIGKILL ? ', at once if that sleep is killable' : ''}`)];
  if (n === SIGKILL || n === SIGCONT) return [];
  if (state === 'T') return [warn('is stopped: acts only after SIGCONT')];
  return tracer > 0 ? [warn(`is traced: its debugger ${tracer} sees the signal first`)] : [];
}

function signalEffects(target: Target, fact: SignalFact): Effect[] {
  const { n, name } = fact;
  if (target.isKernelThread)
    return isIn(target.caught, n) === true
      ? [tell(`kernel thread that asked for ${name}: its own code acts on it`)]
      : [warn('kernel thread: ignores signals')];
  if (isDead(target)) return [warn(zombieText(target))];
  const { pid, tgid, isThread, threads } = target;
  const whole =
    isThread && threads > 1 ? [warn(`goes to process ${tgid} with all ${threads} threads, not to ${pid} alone`)] : [];
  if (target.isExiting && threads <= 1) return [warn('is exiting already: a signal changes nothing'), ...whole];
  const dropped = initEffect(target, fact);
  if (dropped) return [dropped, ...whole];
  const effect = maskEffect(target, fact);
  // what is ignored or stays pending is not delayed
  const mayAct = effect.tone === 'dim' || isMissing(target.blocked);
  return [effect, ...pendingEffects(target, fact), ...(mayAct ? delays(target, fact) : []), ...whole];
}

// ---- scheduling

/** What has an effect of nice: the weight of time sharing, without SCHED_IDLE. */
const NICE_COUNTS = ['other', 'batch', 'ext'];

const fromTo = (title: string, from: string, to: string): Effect =>
  tell(from === to ? `has ${title} ${from} already` : `${title} ${from} → ${to}`);

function niceEffects(target: Target, change: Change & { readonly kind: 'renice' }): Effect[] {
  const after = niceAfter(change, target.nice);
  const policy = policyName(target.policy);
  return [
    fromTo('nice', String(target.nice), String(after)),
    ...(NICE_COUNTS.includes(policy) ? [] : [warn(`nice has no effect under ${policy}`)]),
  ];
}

function policyEffects(target: Target, { policy, rtPriority }: Change & { readonly kind: 'policy' }): Effect[] {
  const from = policyText(policyName(target.policy), target.rtPriority);
  return [
    fromTo('policy', from, policyText(policy, rtPriority)),
    ...(isRealTime(policy) ? [warn('real time: others wait as long as it does not sleep')] : []),
    ...(target.isKernelThread ? [warn('kernel thread: the kernel may rely on its policy')] : []),
  ];
}

function affinityEffects({ cpus, isBound }: Target, to: string): Effect[] {
  if (isBound) return [warn('the kernel has bound it to its CPU: will be refused')];
  return [isMissing(cpus) ? tell(`CPUs → ${to}`) : fromTo('CPUs', cpus, to)];
}

function threadsEffect(target: Target, { allThreads }: Change): Effect[] {
  if (target.isThread && target.threads > 1) return [tell(`this thread alone, of ${target.threads}`)];
  if (!isManyThreaded(target)) return [];
  return [tell(allThreads ? `all ${target.threads} threads` : `its first thread alone, of ${target.threads}`)];
}

function changeEffects(target: Target, change: Change): Effect[] {
  if (isDead(target)) return [warn(`${zombieText(target)}; it is not scheduled any more`)];
  const threads = threadsEffect(target, change);
  switch (change.kind) {
    case 'renice':
      return [...niceEffects(target, change), ...threads];
    case 'io-class':
      return [tell(`I/O class → ${ioClassText(change.ioClass, change.level)}`), ...threads];
    case 'affinity':
      return [...affinityEffects(target, change.cpus), ...threads];
    case 'policy':
      return [...policyEffects(target, change), ...threads];
  }
}

/** What it has now, while it is not yet clear what it is to get. */
function presentEffect({ nice, cpus }: Target, kind: Action['kind']): Effect[] {
  if (kind === 'renice') return [tell(`nice ${nice}`)];
  return kind === 'affinity' && !isMissing(cpus) ? [tell(`CPUs ${cpus}`)] : [];
}

/** @param action undefined: what was typed is none (yet) */
export function effectsOf(target: Target, kind: Action['kind'], action: Action | undefined, ownPid: number): Effect[] {
  if (target.gone) return [{ text: 'has ended meanwhile: will be left alone', tone: 'bad' }];
  const self: Effect[] = target.tgid === ownPid ? [{ text: 'this is taskscope itself', tone: 'bad' }] : [];
  if (!action) return [...self, ...presentEffect(target, kind)];
  return [
    ...self,
    ...(action.kind === 'signal' ? signalEffects(target, signalFact(action.signal)!) : changeEffects(target, action)),
  ];
}
