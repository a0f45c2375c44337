/** The container or control group that we are in, where it allows less than the machine has. */
import { decodeCpuList } from '../../decode/system-files.ts';
import type { Standing } from '../../model/host.ts';
import type { SystemHistory } from '../../model/system.ts';
import { bytesText } from '../../units/format.ts';
import { isMissing } from '../../units/missing.ts';
import { fit, harmless } from '../../units/text.ts';
import { bar } from './bars.ts';
import { pressureWords } from './pressure.ts';
import type { Writer } from './writer.ts';

interface Limits {
  readonly memory: { readonly limit: number; readonly used: number | undefined; readonly total: number } | undefined;
  readonly cpus: number | undefined;
  readonly cpuset: string | undefined;
}

/** What is really less than the machine has: a limit above its memory limits nothing. */
function limitsOf({ memory, cpus, cpuset }: Standing, system: SystemHistory): Limits {
  const total = system.memory('MemTotal');
  const bytes = cpuset === undefined ? undefined : Uint8Array.from(cpuset, digit => digit.charCodeAt(0));
  return {
    memory: memory && !isMissing(total) && memory.limit < total ? { ...memory, total } : undefined,
    cpus: cpus !== undefined && cpus < system.cpuCount ? cpus : undefined,
    cpuset: bytes && decodeCpuList(bytes).length < system.cpuCount ? cpuset : undefined,
  };
}

/** Is there something to say of it? */
export function hasGroupLine(system: SystemHistory): boolean {
  const { standing } = system;
  if (!standing) return false;
  const { memory, cpus, cpuset } = limitsOf(standing, system);
  return standing.container || memory !== undefined || cpus !== undefined || cpuset !== undefined;
}

const NAME_CELLS = 16;
const LEAST_BAR = 22;
const MOST_BAR = 40;

/** `1.5`, `2`, `0.25`: as many digits as it has, at most two behind the point. */
const cpusText = (cpus: number): string => String(Math.round(cpus * 100) / 100);

/**
 * `cgroup web  Mem [||||   300M/512M] of 23.5G  1.5 CPUs of 8  cpuset 0-3  PSI …  the rest: host`, whole items as they fit.
 */
export function groupLine(writer: Writer, system: SystemHistory, end: number): void {
  const standing = system.standing!;
  const { memory, cpus, cpuset } = limitsOf(standing, system);
  writer.put(standing.container ? 'container' : 'cgroup', 'strong');
  const name = harmless(standing.path.split('/').at(-1) ?? '');
  if (name !== '') writer.gap(1).cut(fit(name, NAME_CELLS), end, 'dim');
  const item = (label: string, text: string): void => {
    const cells = 2 + (label === '' ? 0 : label.length + 1) + text.length;
    if (writer.x + cells > end) return;
    writer.gap(2);
    if (label !== '') writer.put(label, 'dim').gap(1);
    writer.put(text);
  };
  if (memory) memoryItem(writer, memory, end);
  if (cpus !== undefined) item('', `${cpusText(cpus)} CPUs of ${system.cpuCount}`);
  if (cpuset !== undefined) item('cpuset', fit(cpuset, NAME_CELLS));
  if (standing.pressure.size > 0) pressureWords(writer.gap(2), end, resource => standing.pressure.get(resource), true);
  const limited = memory !== undefined || cpus !== undefined || cpuset !== undefined;
  item('', others(standing, limited ? 'the rest: host' : 'no limits, all meters: host'));
}

function memoryItem(writer: Writer, memory: NonNullable<Limits['memory']>, end: number): void {
  const { limit, used, total } = memory;
  const label = `${used === undefined ? '-' : bytesText(used)}/${bytesText(limit)}`;
  const tail = ` of ${bytesText(total)}`;
  const width = Math.min(MOST_BAR, Math.floor((end - writer.x) / 3));
  if (width < LEAST_BAR) {
    if (writer.x + 6 + label.length + tail.length <= end)
      writer.gap(2).put('Mem', 'dim').gap(1).put(label).put(tail, 'dim');
    return;
  }
  writer.gap(2).put('Mem ', 'dim');
  const share = ((used ?? 0) * 100) / limit;
  bar(writer, width, [{ share, glyph: '|', tone: share > 90 ? 'bad' : 'good' }], label);
  writer.put(tail, 'dim');
}

/** What the other meters tell of. */
function others({ statIsOfContainer, meminfoIsOfContainer }: Standing, host: string): string {
  if (statIsOfContainer && meminfoIsOfContainer) return 'CPU, Mem: container';
  if (meminfoIsOfContainer) return 'Mem: container, the rest: host';
  return host;
}
