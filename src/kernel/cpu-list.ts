/** Lists of CPUs as the kernel writes them, `0-3,5`. @see lib/bitmap.c, bitmap_print_to_pagebuf. */

/** More CPUs than any kernel is built for: what is longer is not such a list. */
const MOST = 65_536;

/** The numbers in the list, ascending; undefined when it is none. Newer kernels write no list as a blank line. */
export function cpuNumbers(list: string): number[] | undefined {
  const text = list.trim();
  if (text === '') return [];
  const numbers: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    if (!match) return undefined;
    const last = Number(match[2] ?? match[1]);
    for (let n = Number(match[1]); n <= last; n++) numbers.push(n);
    if (numbers.length > MOST) return undefined;
  }
  return numbers;
}

/** `[0, 1, 2, 5]` → `0-2,5`. */
export function cpuList(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0, end = 0; at < numbers.length; at = ++end) {
    while (numbers[end + 1] === numbers[end]! + 1) end++;
    parts.push(at === end ? String(numbers[at]) : `${numbers[at]!}-${numbers[end]!}`);
  }
  return parts.join(',');
}

/** What an affinity comes to on a machine: `all online CPUs`, `not on 2,3`. Empty: not known. */
export function affinityWords(allowed: string, online: string): string {
  const may = cpuNumbers(allowed);
  const there = cpuNumbers(online);
  if (!may || !there || there.length === 0) return '';
  const barred = there.filter(cpu => !may.includes(cpu));
  if (barred.length === 0) return there.length === 1 ? 'the only online CPU' : `all ${there.length} online CPUs`;
  return `${there.length - barred.length} of ${there.length} online CPUs, not ${cpuList(barred)}`;
}
