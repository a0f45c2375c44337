/** Signals, and what they did to their tasks. */
import { type Result, signalText, type Subject } from './action.ts';
import { codeOf, type Look, lookAt, statField, threadStatus } from './look.ts';
import { refusalText } from './refusals.ts';

const STATE = 3;
const PPID = 4;
const NUM_THREADS = 20;

/** A signal that was sent, or why it was not. */
type Sent = { readonly subject: Subject } | Result;

const failed = ({ pid }: Subject, text: string): Result => ({ pid, ok: false, text });

/**
 * Node has kill(2) only, which signals a process, also by the number of one of its threads: then it is that thread that
 * is looked at and named, so that nothing between the look and the call belongs to another number.
 */
function send(subject: Subject, signal: number): Sent {
  const before = lookAt(subject);
  if ('left' in before) return failed(subject, `left alone: ${before.left}`);
  try {
    process.kill(subject.pid, signal);
  } catch (error) {
    return failed(subject, refusalText('signal', codeOf(error)));
  }
  const after = lookAt(subject);
  return 'left' in after && after.why === 'another'
    ? failed(
        subject,
        `it ended in that very moment: ${signalText(signal)} may have gone to the next task ${subject.pid}`,
      )
    : { subject };
}

/** Is the signal still on its way to the task: blocked by it, or asleep? */
function isPending({ pid, tgid }: Subject, signal: number): boolean {
  return ['SigPnd', 'ShdPnd'].some(key => {
    const mask = threadStatus(tgid, pid, key);
    return (
      mask !== undefined && /^[\da-f]{1,16}$/i.test(mask) && ((BigInt('0x' + mask) >> BigInt(signal - 1)) & 1n) === 1n
    );
  });
}

function fate(subject: Subject, signal: number, look: Look): string {
  if ('left' in look) return look.left;
  const state = statField(look.stat, STATE);
  if (state === 'Z' && Number(statField(look.stat, NUM_THREADS)) <= 1)
    return `it has ended, but its parent ${statField(look.stat, PPID)} has not reaped it`;
  if (isPending(subject, signal)) return `it is pending, the task in state ${state}`;
  return `it is in state ${state}`;
}

/** @param settle waits until signals have taken effect as a rule */
export async function sendSignals(
  signal: number,
  subjects: readonly Subject[],
  settle: () => Promise<void>,
): Promise<Result[]> {
  const reached = new Map<number, number>();
  const sent = subjects.map((subject): Sent => {
    const by = reached.get(subject.tgid);
    // a second real-time signal would be a second one for its handler, too
    if (by !== undefined)
      return { pid: subject.pid, ok: true, text: `its process ${subject.tgid} got it already, with ${by}` };
    const one = send(subject, signal);
    if ('subject' in one) reached.set(subject.tgid, subject.pid);
    return one;
  });
  if (reached.size > 0) await settle();
  return sent.map(one => {
    if (!('subject' in one)) return one;
    const { subject } = one;
    const whom = subject.isThread && subject.pid !== subject.tgid ? ` to its process ${subject.tgid}` : '';
    const text = `${signalText(signal)} sent${whom}: ${fate(subject, signal, lookAt(subject))}`;
    return { pid: subject.pid, ok: true, text };
  });
}
