/** Asks the source what machine it is: nothing is assumed, neither 4096 nor 100. */
import fs from 'node:fs';
import os from 'node:os';
import { decodeAuxv } from '../decode/auxv.ts';
import { exactText, latin1 } from '../decode/bytes.ts';
import { architectureOf, decodePasswd, type Machine, machineWith } from '../decode/machine.ts';
import { decodeMeminfo, decodeSystemStat, releaseOfVersion } from '../decode/system-files.ts';
import { statusValue } from '../decode/pid-status.ts';
import { isGone, readWhole, type Tree } from './tree.ts';

const bytesOf = (tree: Tree, path: string): Uint8Array | undefined => {
  const content = readWhole(tree, path);
  return typeof content === 'string' ? undefined : content;
};
const textOf = (tree: Tree, path: string): string => latin1(bytesOf(tree, path) ?? new Uint8Array()).trim();

function passwd(): ReadonlyMap<number, string> {
  try {
    return decodePasswd(exactText(fs.readFileSync('/etc/passwd')));
  } catch {
    return new Map();
  }
}

/** Of the mask CapEff in a status file; capabilities(7). */
const CAP_SYS_PTRACE = 19;

function hasCapability(status: Uint8Array | undefined, bit: number): boolean {
  const mask = status && statusValue(status, 'CapEff');
  return mask !== undefined && ((BigInt('0x' + mask) >> BigInt(bit)) & 1n) === 1n;
}

/** The link of the first pid namespace: PROC_PID_INIT_INO. @see kernel `include/linux/proc_ns.h`. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

/** Every pid namespace has a pid 1: where it is not there procfs hides it (hidepid=2 or 4, proc(5)), and others. */
function hidesTasks(tree: Tree): Machine['hides'] {
  if (!tree.live) return undefined;
  try {
    tree.close(tree.open('1/stat'));
    return undefined;
  } catch (error) {
    if (!isGone(error)) return undefined;
  }
  try {
    return tree.link('self/ns/pid') === FIRST_PID_NAMESPACE ? 'counted' : 'some';
  } catch {
    return 'some';
  }
}

/**
 * The machine that the tasks of a tree are on.
 *
 * @param kernel `--kernel`: decode with this release's tables instead.
 */
export function probeMachine(tree: Tree, kernel?: string): Machine {
  const banner = textOf(tree, 'version');
  const hides = hidesTasks(tree);
  const auxv = decodeAuxv(bytesOf(tree, 'self/auxv') ?? new Uint8Array());
  return machineWith(
    {
      hostname: tree.live ? os.hostname() : textOf(tree, 'sys/kernel/hostname'),
      releaseText: textOf(tree, 'sys/kernel/osrelease') || releaseOfVersion(banner) || (tree.live ? os.release() : ''),
      banner,
      architecture:
        (tree.live ? os.machine() : '') || textOf(tree, 'sys/kernel/arch') || architectureOf(textOf(tree, 'cpuinfo')),
      // a capture without auxv: the values of all four architectures but for arm64 with large pages
      pageBytes: auxv?.pageBytes ?? 4096,
      ticksPerSecond: auxv?.ticksPerSecond ?? 100,
      bootTime: decodeSystemStat(bytesOf(tree, 'stat') ?? new Uint8Array())?.bootTime ?? Number.NaN,
      memoryBytes: decodeMeminfo(bytesOf(tree, 'meminfo') ?? new Uint8Array()).get('MemTotal') ?? 0,
      live: tree.live,
      ownUid: process.geteuid?.() ?? 0,
      mayPtrace: hasCapability(bytesOf(tree, 'self/status'), CAP_SYS_PTRACE),
      ...(hides && { hides }),
      userNames: tree.live ? passwd() : new Map<number, string>(),
    },
    kernel,
  );
}
