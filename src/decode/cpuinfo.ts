/** `/proc/cpuinfo`: what the CPUs are. Its keys differ by architecture. @see proc_cpuinfo(5). */
import { armCoreName } from '../kernel/arm-cores.ts';
import { lines } from './bytes.ts';
import { exactOf } from './escapes.ts';

export interface CpuModel {
  /** `AMD EPYC`, `ARM Cortex-A53 r0p4`; empty when the file does not tell. */
  readonly model: string;
  readonly cpus: readonly number[];
}

export interface CpuInfo {
  /** In the order of the first CPU of each. Offline CPUs are absent. */
  readonly models: readonly CpuModel[];
  /** The machine, where the file has it (`Hardware` of 32-bit ARM, `Model` of some boards, `machine` of others). */
  readonly board?: string;
}

type Keys = ReadonlyMap<string, string>;

/** `0x41`, `8` → a number; NaN for other text. */
const number = (text: string | undefined): number =>
  /^(0x[0-9a-f]{1,8}|\d{1,9})$/i.test(text ?? '') ? Number(text) : Number.NaN;

function modelOf(keys: Keys): string {
  const [implementer, part] = [number(keys.get('CPU implementer')), number(keys.get('CPU part'))];
  if (!Number.isNaN(implementer) && !Number.isNaN(part)) {
    const [variant, revision] = [number(keys.get('CPU variant')), number(keys.get('CPU revision'))];
    const stepping = Number.isNaN(variant + revision) ? '' : ` r${variant}p${revision}`;
    return armCoreName(implementer, part) + stepping;
  }
  const named = ['model name', 'cpu model', 'Processor', 'uarch', 'cpu', 'isa'].map(key => keys.get(key));
  return named.find(text => text !== undefined && text !== '') ?? '';
}

interface Blocks {
  readonly cpus: readonly { readonly cpu: number; readonly keys: Keys }[];
  /** What stands outside of the blocks: of the machine, or (ARM before 3.8) of all CPUs. */
  readonly common: Keys;
}

function blocksOf(bytes: Uint8Array): Blocks {
  const cpus: { cpu: number; keys: Map<string, string> }[] = [];
  const common = new Map<string, string>();
  let current: Map<string, string> | undefined;
  for (const line of lines(bytes)) {
    const colon = line.indexOf(':');
    if (colon < 0) {
      current = undefined;
      continue;
    }
    const key = line.slice(0, colon).trim();
    const value = exactOf(line.slice(colon + 1).trim());
    if (key === 'processor' && /^\d{1,6}$/.test(value)) {
      current = new Map();
      cpus.push({ cpu: Number(value), keys: current });
    } else (current ?? common).set(key, value);
  }
  return { cpus, common };
}

export function decodeCpuinfo(bytes: Uint8Array): CpuInfo {
  const { cpus, common } = blocksOf(bytes);
  const byModel = new Map<string, number[]>();
  for (const { cpu, keys } of cpus) {
    const model = modelOf(new Map([...common, ...keys]));
    const those = byModel.get(model);
    if (those) those.push(cpu);
    else byModel.set(model, [cpu]);
  }
  const board = common.get('Model') ?? common.get('Hardware') ?? common.get('machine');
  return {
    models: [...byModel].map(([model, those]) => ({ model, cpus: those })),
    ...(board === undefined || board === '' ? {} : { board }),
  };
}
