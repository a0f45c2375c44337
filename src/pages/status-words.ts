/** What the values of `status` mean, by key and unit: for people in words, for programs as values of one type a key. */
import { statusNumber } from '../decode/pid-status.ts';
import type { Machine } from '../decode/machine.ts';
import { hasAddressSpace, NOT_APPLICABLE, NOT_IN_KERNEL, type TaskView } from '../fields/task.ts';
import { isBetween } from '../kernel/release.ts';
import { signalNames } from '../kernel/signals.ts';
import { stateFact } from '../kernel/states.ts';
import { STATUS_KEYS_BY_NAME, type StatusUnit } from '../kernel/status-keys.ts';
import { grouped } from '../units/format.ts';
import type { Missing } from '../units/missing.ts';
import { capabilityList, capabilityWords } from './capability-words.ts';
import { item, type Item, numberItem } from './document.ts';
import { stateLetter } from './identity.ts';

/** What decoding must know beside the value. */
export interface StatusWorld {
  readonly machine: Machine;
  readonly lastCapability: number;
}

const NOTHING = item('', null);
/** By mode. */
export const SECCOMP = ['off', 'strict: only read, write, exit and sigreturn', 'filter'];

/** `0022` → what new files and folders may have at most. */
function umaskItem(text: string): Item {
  if (!/^[0-7]{1,4}$/.test(text)) return NOTHING;
  const mask = Number.parseInt(text, 8);
  const octal = (mode: number): string => (mode & ~mask).toString(8).padStart(3, '0');
  return item(`new files ${octal(0o666)}, folders ${octal(0o777)}`, `0o${text}`);
}

export const userName = (uid: number, { userNames }: Machine): string => userNames.get(uid) ?? String(uid);

/** Real, effective, saved and file-system id; names for users, the machine's group names are not known. */
function idsItem(text: string, key: string, { machine }: StatusWorld): Item {
  const ids = text.split(/\s+/).map(Number);
  if (ids.length !== 4 || ids.some(Number.isNaN)) return NOTHING;
  if (key !== 'Uid') return item(ids.every(id => id === ids[0]) ? 'all the same' : '', ids);
  const names = ids.map(id => userName(id, machine));
  return item(names.every(name => name === names[0]) ? `all ${names[0]!}` : names.join(' '), ids);
}

function maskItem(text: string, key: string, { lastCapability }: StatusWorld): Item {
  if (!/^[0-9a-f]{1,16}$/i.test(text)) return NOTHING;
  const mask = BigInt(`0x${text}`);
  if (key.startsWith('Cap')) return item(capabilityWords(mask, lastCapability), capabilityList(mask));
  const names = signalNames(mask);
  return item(names.length === 64 ? 'all 64' : names.join(' ') || 'none', names);
}

const yesNo = (text: string): Item => (/^[01]$/.test(text) ? item(text === '1' ? 'yes' : 'no', text === '1') : NOTHING);

function numeric(text: string, words: (value: number) => string): Item {
  const value = statusNumber(text);
  return value === undefined ? NOTHING : numberItem(words(value), value);
}

type Decoder = (text: string, key: string, world: StatusWorld) => Item;

const BY_UNIT: Partial<Record<StatusUnit, Decoder>> = {
  kB: text => numeric(text, bytes => (bytes === 0 ? '0' : `${grouped(bytes)} bytes`)),
  count: text => numeric(text, value => (value > 999 ? grouped(value) : '')),
  '0/1': yesNo,
  '0/1/2': text => (/^[012]$/.test(text) ? item(SECCOMP[Number(text)]!) : NOTHING),
  octal: umaskItem,
  'hex mask': maskItem,
  '4 numbers': idsItem,
  'n/max': text => {
    const match = /^(\d+)\/(\d+)$/.exec(text);
    return match
      ? numberItem(`${grouped(Number(match[1]))} of ${grouped(Number(match[2]))}`, Number(match[1]))
      : NOTHING;
  },
  'letter + text': (text, _key, { machine }) => {
    const state = stateFact(text.charAt(0), machine.tables);
    return state ? item(state.name) : NOTHING;
  },
};

/** Words that one key needs. */
const BY_KEY: Readonly<Record<string, Decoder>> = {
  TracerPid: text => (text === '0' ? item('not traced', 0) : numeric(text, pid => `traced by ${pid}`)),
  Ngid: text => (text === '0' ? item('none', 0) : numeric(text, String)),
  untag_mask: text => (/^0xf+$/.test(text) ? item('no tag bits', text) : item('', text)),
};

/** The value of a key, decoded; without words where the value says it all, or the key is not known. */
export function statusWords(key: string, text: string, world: StatusWorld): Item {
  const unit = STATUS_KEYS_BY_NAME.get(key)?.unit;
  const decoder = BY_KEY[key] ?? (unit === undefined ? undefined : BY_UNIT[unit]);
  return decoder ? decoder(text, key, world) : NOTHING;
}

/** Why `status` has not a key, in words and as a reason. */
export function absence(key: string, task: TaskView): { readonly reading: Missing; readonly why: string } {
  const { condition = '', first = null, last = null } = STATUS_KEYS_BY_NAME.get(key) ?? {};
  const { tables } = task.machine;
  if (!isBetween(tables, first, null)) return { reading: NOT_IN_KERNEL, why: `since Linux ${first ?? ''}` };
  if (!isBetween(tables, null, last)) return { reading: NOT_IN_KERNEL, why: `up to Linux ${last ?? ''}` };
  if (condition.includes('address space') && !hasAddressSpace(task))
    return { reading: NOT_APPLICABLE, why: 'no address space (kernel thread, zombie)' };
  if (condition.includes('zombie') && stateLetter(task) === 'Z')
    return { reading: NOT_APPLICABLE, why: 'a zombie has none' };
  const option = /CONFIG_\w+/.exec(condition)?.[0];
  const on = condition.includes('x86_64') ? ' (x86_64)' : '';
  const why = option === undefined ? 'left out by this kernel: another tree?' : `needs ${option}${on}`;
  return { reading: NOT_IN_KERNEL, why };
}
