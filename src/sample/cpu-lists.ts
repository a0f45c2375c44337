/** The CPUs of this machine, as sysfs lists them. */
import { latin1 } from '../decode/bytes.ts';
import { readOutside } from './outside.ts';

function list(name: string): string {
  const content = readOutside(`/sys/devices/system/cpu/${name}`);
  return typeof content === 'string' ? '' : latin1(content).trim();
}

/** `0-3`; empty where the kernel does not say. */
export const cpuLists = (): { readonly possibleCpus: string; readonly onlineCpus: string } => ({
  possibleCpus: list('possible'),
  onlineCpus: list('online'),
});
