/**
 * One helper process: a POSIX shell that runs `cat` in a process group of its own, and how to be rid of it.
 * Nothing here waits for it, and nothing of it keeps us alive.
 */
import { readFileSync } from 'node:fs';
import type { ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createFrameParser, type Frame, type FrameParser } from './slow-frames.ts';

/** Handed in, because loading `node:child_process` costs 3-5 ms and `--once` never needs it. */
export type Spawn = typeof spawn;

/** The system's folders first: root may run with somebody else's PATH. */
const SYSTEM_PATH = '/usr/bin:/bin:/usr/sbin:/sbin';

/**
 * The first line of stdin is a secret token, each further one a path, or `INDEX PATH` for one 64-bit word of it. After each file comes a trailer
 * `TOKEN NUMBER STATUS FOLDER ERROR`, number 0 before the first file; as nobody else knows the token no content can
 * look like it (`echo` is built in: it never shows in an argument list). Descriptor 3 closes when we die, in whatever
 * way: the subshell then kills the group, even when `cat` hangs and nobody reads stdin.
 */
const SCRIPT = `: taskscope reads files that can block
(exec </dev/null >/dev/null; read -r x <&3; kill -KILL 0) & exec 3<&- 4>&1
IFS= read -r t || exit
n=0
echo "$t 0 0 1 "
while IFS= read -r p; do
n=$((n+1)) d=0
case $p in
/*) e=$(cat "$p" 2>&1 >&4 </dev/null); s=$? ;;
*) k=\${p%% *} p=\${p#* }
e=$(dd if="$p" bs=8 count=1 skip="$k" 2>&1 >&4 </dev/null); s=$?
e=\${e%%"
"*} ;;
esac
[ $s = 0 ] && e= || { [ -d "\${p%/*}/" ] && d=1; }
echo "$t $n $s $d \${e##*: }"
done`;

/** What a helper tells of itself. */
export interface HelperEvents {
  /** Files were read: one answer each, in the order in which they were sent. */
  readonly answers: (frames: Frame[]) => void;
  /** It ended, or could not be started. */
  readonly lost: () => void;
  /** The last process that could write to us is dead. */
  readonly ended: () => void;
}

/** A helper process, from its start until it is left behind. */
export interface Helper {
  readonly parser: FrameParser;
  /** Asks for a file; several may wait. */
  send(path: string): void;
  /** Whether somebody stopped it (^Z, a debugger): then its silence is not the file's fault. */
  isStopped(): boolean;
  /** Kills the group and lets go of it, but for the pipe that tells its end. */
  abandon(): void;
  /** Lets go of that too. */
  forget(): void;
}

function spawnShell(spawnProcess: Spawn, shell: string): ChildProcess {
  const path = process.env['PATH'];
  const child = spawnProcess(shell, ['-c', SCRIPT], {
    cwd: '/',
    detached: true, // setsid: a group to kill, no terminal, no ^C
    env: { PATH: path ? `${SYSTEM_PATH}:${path}` : SYSTEM_PATH, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  });
  child.unref();
  return child;
}

/** The pipes of a child, unref'ed; none when the process limit was met. Errors are told by `exit` and time-outs. */
function pipesOf(child: ChildProcess): (Socket | undefined)[] {
  const pipes = [child.stdin, child.stdout, child.stdio[3]] as (Socket | null | undefined)[];
  return pipes.map(pipe => pipe?.unref().on('error', () => undefined));
}

/** Starts a helper; it answers a frame numbered 0 when it is there, then one for each path. */
export function startHelper(spawnProcess: Spawn, shell: string, maxBytes: number, events: HelperEvents): Helper {
  const token = crypto.randomUUID().replaceAll('-', '');
  const parser = createFrameParser(token, maxBytes);
  const child = spawnShell(spawnProcess, shell);
  const [stdin, stdout, lifeline] = pipesOf(child);
  let alive = child.pid !== undefined;
  let abandoned = false;
  const lost = (): void => {
    alive = false;
    events.lost();
  };
  child.on('error', lost).on('exit', lost);
  stdout?.on('close', events.ended).on('data', (chunk: Buffer) => {
    if (!abandoned) events.answers(parser.push(chunk));
  });
  stdin?.write(`${token}\n`);
  return {
    parser,
    send: path => stdin?.write(`${path}\n`),
    isStopped: () => alive && /\) [Tt] [^)]*$/.test(statOf(`/proc/${child.pid ?? 0}`) ?? ''),
    abandon() {
      abandoned = true;
      // Once reaped its number may be another's: then the closing lifeline does it.
      if (alive && child.pid !== undefined) killGroup(child.pid);
      stdin?.destroy();
      lifeline?.destroy();
      if (stdout === undefined) events.ended();
    },
    forget: () => stdout?.destroy(),
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already dead.
  }
}

/** A task's stat line (it never blocks), if there is one. */
export function statOf(folder: string): string | undefined {
  try {
    return readFileSync(`${folder}/stat`, 'latin1');
  } catch {
    return undefined;
  }
}
