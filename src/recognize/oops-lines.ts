/**
 * The lines of memory faults that arm and arm64 kernels print: arch/arm/mm/fault.c, arch/arm64/mm/fault.c and traps.c,
 * 2.6.32 to 6.18. Those of one fault are put together, whatever stands between them.
 */
import type { Line } from './lines.ts';
import { fromHex } from './thing.ts';

export interface Entry {
  readonly level: string;
  readonly digits: string;
  readonly isBad: boolean;
}

/** What the lines of one fault said. */
export interface Fault {
  readonly at: number;
  readonly texts: string[];
  /** The line at which the last of them stood. */
  last: number;
  /** Its first line was seen. */
  begun: boolean;
  message: string | null;
  address: string | null;
  access: string | null;
  signal: number | null;
  comm: string | null;
  pid: number | null;
  cpu: number | null;
  oops: number | null;
  /** The number of the oops, as it was printed: FSR of arm, ESR of arm64. */
  syndrome: string | null;
  /** It has no meaning: the oops was no memory fault. */
  isOther: boolean;
  fsr: string | null;
  esr: string | null;
  ec: number | null;
  fsc: number | null;
  pgd: string | null;
  pgdIsPhysical: boolean;
  pageKb: number | null;
  vaBits: number | null;
  entries: readonly Entry[];
  saysArm: boolean;
  /** The line is printed only of the kernel itself; programs are told apart by `signal` and the message. */
  inKernel: boolean;
  /** `Unhandled prefetch abort`: the code is an IFSR, without Linux' bit 31. */
  isFetch: boolean;
  /** The kernel says that the address is in neither range of arm64. */
  isBetween: boolean;
  /** What arm prints as `Control:`, `psr:`, arm64 as `pstate:`. */
  control: string | null;
  psr: string | null;
  pstate: string | null;
}

const fault = (at: number): Fault => ({
  at,
  texts: [],
  last: 0,
  begun: false,
  message: null,
  address: null,
  access: null,
  signal: null,
  comm: null,
  pid: null,
  cpu: null,
  oops: null,
  syndrome: null,
  isOther: false,
  fsr: null,
  esr: null,
  ec: null,
  fsc: null,
  pgd: null,
  pgdIsPhysical: false,
  pageKb: null,
  vaBits: null,
  entries: [],
  saysArm: false,
  inKernel: false,
  isFetch: false,
  isBetween: false,
  control: null,
  psr: null,
  pstate: null,
});

/** A line of a fault: what it adds, and whether it can only be the first of another one. */
interface Reader {
  readonly match: RegExp;
  /** The facts that it gives; a fault that has one of them already with another value is another one. */
  readonly read: (match: RegExpExecArray) => Partial<Fault>;
  readonly begins?: true;
  /** Says something only beside other lines of a fault. */
  readonly beside?: true;
}

const LEVEL = /\*?\b(pgd|p4d|pud|pmd|pte|ppte)=([0-9a-f]{8,16})(\(bad\))?/g;

const READERS: readonly Reader[] = [
  {
    // other architectures go on with their registers in the same line
    match:
      /\bUnable to handle kernel (.{1,80}?) at virtual address ([0-9a-f]{8}(?:[0-9a-f]{8})?)(?: when (read|write|execute))?$/,
    begins: true,
    read: ([, message, address, access]) => ({
      message: message!,
      address: address!,
      access: access ?? null,
      inKernel: true,
    }),
  },
  {
    match:
      /\b(Unhandled fault|Unhandled prefetch abort|Synchronous External Abort): (.{1,80}?) \((0x[0-9a-f]{3,16})\) at (0x[0-9a-f]{8,16})$/,
    begins: true,
    read: ([, kind, message, code, address]) => ({
      message: message!,
      address: address!,
      isFetch: kind === 'Unhandled prefetch abort',
      ...codeFacts(code!),
    }),
  },
  {
    match: /\bUnhandled fault at (0x[0-9a-f]{16})$/,
    begins: true,
    read: ([, address]) => ({ address: address!, inKernel: true }),
  },
  {
    match:
      /^(.{1,40}?)(?:\[(\d{1,10})\])?: unhandled (.{1,60}?) \((\d{1,2})\) at (0x[0-9a-f]{8,16}), (?:code|esr) (0x[0-9a-f]{3,16})$/,
    begins: true,
    read: ([, comm, pid, message, signal, address, code]) => ({
      comm: comm!,
      pid: pid === undefined ? null : Number(pid),
      message: `unhandled ${message!} in user mode`,
      signal: Number(signal),
      address: address!,
      ...codeFacts(code!),
    }),
  },
  {
    match: /^(.{1,40}?)\[(\d{1,10})\]: unhandled exception: .{1,40}, ESR (0x[0-9a-f]{8,16}), (.{1,60}?) in /,
    begins: true,
    read: ([, comm, pid, esr, message]) => ({
      comm: comm!,
      pid: Number(pid),
      message: `unhandled ${message!} in user mode`,
      esr: esr!,
    }),
  },
  {
    match: /\bSError Interrupt on CPU(\d{1,5}), code (0x[0-9a-f]{8,16})(?: -- .{0,60})?$/,
    begins: true,
    read: ([, cpu, esr]) => ({ message: 'SError interrupt', cpu: Number(cpu), esr: esr! }),
  },
  {
    match: /\bBad mode in (.{1,40}?) handler detected(?: on CPU(\d{1,5}))?, code (0x[0-9a-f]{8,16})(?: -- .{0,60})?$/,
    begins: true,
    read: ([, handler, cpu, esr]) => ({
      message: `bad mode in ${handler!} handler`,
      ...(cpu === undefined ? {} : { cpu: Number(cpu) }),
      esr: esr!,
    }),
  },
  {
    match: /^\[([0-9a-f]{16})\] address between user and kernel address ranges$/,
    read: ([, address]) => ({ address: address!, isBetween: true }),
  },
  {
    match: /^\s*Control: ([0-9a-f]{8})\b/,
    read: ([, control]) => ({ control: control! }),
  },
  { match: /\bpsr\s?: ([0-9a-f]{8})\b/, read: ([, psr]) => ({ psr: psr! }) },
  { match: /^\s*pstate\s?: ([0-9a-f]{8})\b/, read: ([, pstate]) => ({ pstate: pstate! }) },
  { match: /^pgd = ([0-9a-f]{8}(?:[0-9a-f]{8})?)$/, read: ([, pgd]) => ({ pgd: pgd! }), beside: true },
  {
    match: /\b(?:swapper|user) pgtable: (4|16|64)k pages, (\d\d)-bit VAs, pgdp( ?= ?)([0-9a-f]{8,16})/,
    read: ([, kilobytes, bits, sign, pgd]) => ({
      pageKb: Number(kilobytes),
      vaBits: Number(bits),
      pgd: pgd!,
      pgdIsPhysical: sign === '=',
    }),
  },
  {
    match: /^\[([0-9a-f]{8}|[0-9a-f]{16})\] (\*?pgd=.*)$/,
    read: ([, address, entries]) => ({
      address: address!,
      entries: [...entries!.matchAll(LEVEL)].map(([, level, digits, bad]) => ({
        level: level!,
        digits: digits!,
        isBad: bad !== undefined,
      })),
    }),
  },
  {
    match: /\bInternal error: (.{0,80}?): ([0-9a-f]{1,16}) \[#(\d{1,6})\](.*)$/i,
    read: ([, message, syndrome, oops, kind]) => ({
      ...(message === 'Oops' || message === '' ? {} : { message: message! }),
      syndrome: syndrome!,
      oops: Number(oops),
      inKernel: true,
      isOther: / - /.test(message!) && /^0+$/.test(syndrome!),
      saysArm: /\b(?:ARM|THUMB2)\b/.test(kind!),
    }),
  },
  { match: /^\s*ESR\s*[=:]\s*(0x[0-9a-f]{8,16})\b/i, read: ([, esr]) => ({ esr: esr! }) },
  { match: /^\s*EC = 0x([0-9a-f]{2}): /, read: ([, ec]) => ({ ec: parseInt(ec!, 16) }) },
  { match: /^\s*FSC = 0x([0-9a-f]{2}): /, read: ([, fsc]) => ({ fsc: parseInt(fsc!, 16) }) },
  {
    match: /^(?:Mem|Data) abort info:$|^(?:Exception class|SET|EA|ISV|CM|GCS|Access size|SSE|SF) = /,
    read: () => ({}),
    beside: true,
  },
  {
    match: /\bCPU: (\d{1,5}) (?:UID: \d+ )?PID: (\d{1,10}) Comm: (.{1,64}?) (?:Not tainted|Tainted:)/,
    beside: true,
    read: ([, cpu, pid, comm]) => ({ cpu: Number(cpu), pid: Number(pid), comm: comm! }),
  },
];

/** FSR registers of arm have 14 bits, and bit 31 by Linux; an ESR has always some of the others. */
export const isFsr = (code: string): boolean => (fromHex(code) & ~0x80003fffn) === 0n;

const codeFacts = (code: string): Partial<Fault> => (isFsr(code) ? { fsr: code } : { esr: code });

/** After so many other lines what follows belongs to another fault. */
const LONGEST_GAP = 60;

/** arm64 prints an address with the tag in its highest byte, and without. */
const withoutTag = (digits: string): bigint => BigInt.asUintN(56, fromHex(digits));

/** Does the line say otherwise than what is known? */
function contradicts(known: Fault, facts: Partial<Fault>): boolean {
  const differs = (key: 'esr' | 'oops' | 'pgd' | 'control' | 'psr' | 'pstate'): boolean =>
    facts[key] !== undefined && facts[key] !== null && known[key] !== null && known[key] !== facts[key];
  const address =
    facts.address !== undefined && known.address !== null && withoutTag(facts.address!) !== withoutTag(known.address);
  return (
    address ||
    (['esr', 'oops', 'pgd', 'control', 'psr', 'pstate'] as const).some(differs) ||
    (known.entries.length > 0 && !!facts.entries)
  );
}

/** Reads the lines of a log one after the other. */
export interface FaultLog {
  /** Is this line, the `number`th, about a fault? */
  take(line: Line, number: number): boolean;
  readonly faults: readonly Fault[];
}

export function faultLog(): FaultLog {
  const faults: Fault[] = [];
  let open: Fault | undefined;

  return {
    take(line, number) {
      if (open && (number - open.last > LONGEST_GAP || line.body.includes('end trace'))) open = undefined;
      for (const reader of READERS) {
        const match = reader.match.exec(line.body);
        if (!match) continue;
        const facts = reader.read(match);
        const isNew = !open || (reader.begins && open.begun) || contradicts(open, facts);
        if (isNew && reader.beside) return false;
        if (isNew) {
          open = fault(line.at);
          faults.push(open);
        }
        const known = open!;
        const { message, ...rest } = facts;
        Object.assign(known, rest, known.address === null ? {} : { address: known.address });
        if (message !== undefined && known.message === null) known.message = message;
        known.texts.push(line.body);
        known.begun ||= reader.begins ?? false;
        known.last = number;
        return true;
      }
      return false;
    },
    faults,
  };
}
