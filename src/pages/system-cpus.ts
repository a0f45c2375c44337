/** The CPUs of the machine: what they are, and which of them are there, online, isolated. */
import { decodeCpuinfo } from '../decode/cpuinfo.ts';
import { exactText } from '../decode/bytes.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { SystemContext } from './context.ts';
import { cpuList, cpuNumbers } from '../kernel/cpu-list.ts';
import { fact, type Fact, facts, item, type Item, missingItem, note, numberItem, type Section } from './document.ts';
import { fileItem, fileMissing, fileOf, whyNot } from './system-source.ts';
import { lineOf } from './task-files.ts';

const FOLDER = '/sys/devices/system/cpu/';

interface Mask {
  readonly id: string;
  readonly meaning: string;
  /** Of the kernel, when the file is not there. */
  readonly needs?: string;
}

const MASKS: readonly Mask[] = [
  { id: 'possible', meaning: 'could ever be there: per-CPU memory is set aside for them' },
  { id: 'present', meaning: 'are there' },
  { id: 'online', meaning: 'run tasks' },
  {
    id: 'offline',
    meaning: 'could be there, but run nothing: taken offline, not there, or more than the kernel takes',
  },
  { id: 'isolated', meaning: 'left out of load balancing at boot (isolcpus=)', needs: 'Linux 4.2' },
  {
    id: 'nohz_full',
    meaning: 'have no timer tick while they run one task alone (nohz_full=)',
    needs: 'CONFIG_NO_HZ_FULL',
  },
];

/** The CPUs of a mask; undefined: other text. Without a mask at boot nohz_full reads `(null)`. */
const numbersOf = (bytes: Uint8Array): number[] | undefined => cpuNumbers(lineOf(bytes).replace(/^\(null\)$/, ''));

function mask(context: SystemContext, id: string): Reading<number[] | undefined> {
  const bytes = fileOf(context, FOLDER + id);
  return isMissing(bytes) ? bytes : numbersOf(bytes);
}

function maskRow(context: SystemContext, { id, meaning, needs }: Mask): Item[] {
  const reading = mask(context, id);
  if (isMissing(reading)) {
    const why = whyNot(context, FOLDER + id, reading, needs);
    return [item(id), missingItem(reading, ''), missingItem(reading, ''), item(`${meaning}; ${why}`, meaning, 'dim')];
  }
  if (reading === undefined) return [item(id), item('?', null), item('-', null), item(meaning)];
  const list = cpuList(reading);
  return [
    item(id, id, 'strong'),
    item(list || 'none', list),
    numberItem(String(reading.length), reading.length),
    item(meaning, meaning, 'dim'),
  ];
}

/** `2 of 4 CPUs that are there; offline: 2-3` */
function onlineItem(context: SystemContext): Item {
  const [online, present] = [mask(context, 'online'), mask(context, 'present')];
  if (isMissing(online) || !online) {
    const count = context.history.cpuCount;
    if (count > 0) return numberItem(`${count} (the lines of /proc/stat)`, count);
    return isMissing(online) ? fileMissing(context, `${FOLDER}online`, online) : item('?', null);
  }
  if (isMissing(present) || !present) return numberItem(String(online.length), online.length);
  const off = present.filter(cpu => !online.includes(cpu));
  if (present.length === 1 && off.length === 0) return numberItem('1, the only one', 1);
  return off.length === 0
    ? numberItem(`all ${present.length} that are there`, online.length)
    : numberItem(
        `${online.length} of ${present.length} that are there; offline: ${cpuList(off)}`,
        online.length,
        'warn',
      );
}

function modelItem(context: SystemContext): Item {
  return fileItem(context, '/proc/cpuinfo', bytes => {
    const { models } = decodeCpuinfo(bytes);
    if (models.length === 0) return undefined;
    const text = models.map(({ model, cpus }) => {
      const name = model === '' ? 'unknown' : model;
      return models.length === 1 ? `${name}, ${cpus.length}×` : `${name}: CPU ${cpuList(cpus)}`;
    });
    return item(
      text.join('; '),
      models.map(({ model, cpus }) => ({ model, cpus: cpuList(cpus) })),
    );
  });
}

/** Boards say who they are in the device tree, or in cpuinfo. */
function boardFact(context: SystemContext): Fact[] {
  const cpuinfo = fileOf(context, '/proc/cpuinfo');
  let board = isMissing(cpuinfo) ? undefined : decodeCpuinfo(cpuinfo).board;
  if (/^(arm|aarch64|riscv|mips|ppc)/.test(context.machine.architecture)) {
    const model = fileOf(context, '/proc/device-tree/model');
    if (!isMissing(model)) board = exactText(model).replace(/\0+$/, '');
  }
  return board === undefined ? [] : [fact('board', 'Board', item(board))];
}

export function cpuSections(context: SystemContext): Section[] {
  return [
    facts('cpus', 'CPUs', [
      fact('models', 'Model', modelItem(context)),
      ...boardFact(context),
      fact('online', 'Online', onlineItem(context)),
    ]),
    {
      kind: 'table',
      id: 'cpu_masks',
      columns: [
        { id: 'mask', title: 'mask' },
        { id: 'cpus', title: 'CPUs' },
        { id: 'count', title: 'count', align: 'right' },
        { id: 'meaning', title: 'CPUs that' },
      ],
      rows: MASKS.map(each => maskRow(context, each)),
    },
    note('The active mask (CPUs that tasks may be moved to) is not exported by the kernel.'),
  ];
}
