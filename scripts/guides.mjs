// Writes the screens of docs/guides/: makes each situation (test/scenarios), runs the real program beside it in namespaces of
// its own, and puts what it printed between the marks of the guide. `npm run compile` and `npm run build` come first.
//
//     node scripts/guides.mjs [GUIDE…]          all, where none is named
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';

const root = fileURLToPath(new URL('..', import.meta.url));
const COLUMNS = 100;
const LINES = 40;

const once = (columns, ...args) => ['--once', '-c', columns, ...args];

/**
 * By guide, its screens in order. `args`: of taskscope, `{pid}` = the first task of the first situation; `wait`: seconds
 * before; `keep`: the lines that are kept; `kernel`: beside the kernel threads, not in a pid namespace; `input`: pasted.
 */
const SCREENS = {
  'fault-storm': [
    {
      scenarios: ['fault-storm'],
      args: once(
        'pid,comm,user_percent,system_percent,min_flt_rate,faults_per_cpu_second,maj_flt_rate,rss_bytes',
        '-s',
        '-min_flt_rate',
        '--limit',
        '3',
      ),
    },
  ],
  stuck: [{ scenarios: ['page-read', 'fuse-request', 'vfork-leader'], args: ['--once', '--stuck', '--for', '3s'] }],
  'memory-leak': [
    {
      scenarios: ['leak'],
      args: once(
        'pid,comm,age,rss_bytes,rss_growth,min_flt_rate,maj_flt_rate',
        '--for',
        '10s',
        '-s',
        '-rss_growth',
        '--limit',
        '3',
      ),
    },
  ],
  zombies: [{ scenarios: ['zombies', 'false-zombie'], args: ['check', '--for', '22s'], only: ['Zombies', 'A zombie'] }],
  'real-time': [{ scenarios: ['rt-hog'], args: ['check', '--for', '17s'] }],
  thrash: [
    {
      scenarios: ['major-faults'],
      args: once(
        'pid,comm,state,maj_flt_rate,min_flt_rate,rss_bytes,cpu_percent,wchan_name',
        '-s',
        '-maj_flt_rate',
        '--limit',
        '3',
      ),
    },
  ],
  kworker: [
    {
      scenarios: ['kworker-burn'],
      args: once(
        'pid,comm,flags,state,cpu_percent,processor,wchan_name',
        '-d',
        '2',
        '-f',
        'flags has WQ_WORKER and cpu_percent > 1',
        '-s',
        '-cpu_percent',
      ),
      kernel: true,
    },
  ],
  'stuck-exit': [
    {
      scenarios: ['exit-in-flush', 'exit-of-pid-namespace'],
      args: once(
        'pid,comm,state,flags,exiting_age,rss_bytes,wchan_name',
        '--for',
        '5s',
        '-f',
        'flags has EXITING and exiting_age > 3s and state != Z',
      ),
    },
  ],
  memalloc: [
    {
      scenarios: [],
      args: once(
        'pid,comm,state,flags,state_age,wchan_name',
        '--for',
        '3s',
        '-f',
        'flags has MEMALLOC',
        '--limit',
        '4',
      ),
      kernel: true,
    },
    { scenarios: [], args: ['decode', '0x00180100', '--kernel', '6.12'] },
  ],
  'forked-no-exec': [
    {
      scenarios: ['fork-no-exec-futex', 'fork-no-exec-pipe'],
      args: once(
        'pid,ppid,comm,state,age,cpu_time,flags,wchan_name',
        '-f',
        'flags has FORKNOEXEC and flags not has KTHREAD and age > 10s',
      ),
      wait: 11,
    },
  ],
  frozen: [
    { scenarios: ['frozen-v1', 'frozen-v2'], args: ['--once', '--stuck', '--for', '2s'] },
    {
      scenarios: [],
      args: ['decode', '--kernel', '6.12'],
      input:
        'Freezing user space processes failed after 20.004 seconds (1 tasks refusing to freeze, wq_busy=0):\n' +
        'task:ls              state:D stack:0     pid:1719  tgid:1719  ppid:1622   task_flags:0x400000 flags:0x00004006\n' +
        'Call Trace:\n <TASK>\n __schedule+0x3f5/0xb30\n schedule+0x27/0xf0\n request_wait_answer+0xd0/0x2a0\n',
    },
  ],
  superpriv: [
    {
      scenarios: ['superpriv'],
      args: once('pid,user,comm,age,flags,flags_changed', '--for', '7s', '-f', 'flags has SUPERPRIV', '--limit', '4'),
    },
  ],
  'thread-storm': [{ scenarios: ['lock-convoy'], args: ['show', '{pid}', '--page', 'threads'], wait: 5, lines: 22 }],
  'cgroup-throttling': [
    { scenarios: ['cgroup-throttled'], args: ['check', '--for', '16s'] },
    { scenarios: ['cgroup-throttled'], args: ['show', '{pid}', '--page', 'cgroup', '-d', '3'], lines: 48 },
  ],
  signals: [{ scenarios: ['signal-blocked'], args: ['show', '{pid}', '--page', 'signals'], lines: 22 }],
  'fork-churn': [
    {
      scenarios: ['fork-churn'],
      args: once(
        'pid,comm,cpu_percent,reaped_cpu_percent,cmin_flt_rate',
        '-d',
        '2',
        '-s',
        '-reaped_cpu_percent',
        '--limit',
        '2',
      ),
    },
  ],
  stopped: [{ scenarios: ['stopped', 'traced'], args: ['--once', '--stuck', '--for', '2s'] }],
};

const ENV = {
  PATH: process.env.PATH,
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  XDG_CONFIG_HOME: '/nonexistent',
  COLUMNS: String(COLUMNS),
};

/** In the namespaces: the situations, the program beside them, and what it printed, as JSON. */
async function inside(guide, index) {
  const { startScenario } = await import('../build/test/scenarios/run.js');
  const { scenarios, args, wait = 0, input } = SCREENS[guide][index];
  const runs = [];
  try {
    for (const name of scenarios) {
      const run = await startScenario(name, 60);
      if ('cannot' in run) throw new Error(`${name}: ${run.cannot}`);
      runs.push(run);
    }
    await delay(wait * 1000);
    const words = args.map(word => word.replace('{pid}', String(runs[0]?.pids[0])));
    const { stdout, stderr } = spawnSync(process.execPath, ['bin/taskscope.js', ...words], {
      encoding: 'utf8',
      cwd: root,
      env: ENV,
      input: input ?? '',
    });
    if (stderr !== '') throw new Error(stderr);
    process.stdout.write(JSON.stringify({ words, stdout }));
  } finally {
    for (const run of runs) await run.stop();
  }
}

const quoted = word => (/^[\w.,/+-]*$/.test(word) ? word : `'${word}'`);

const cut = line => ([...line].length > COLUMNS ? [...line].slice(0, COLUMNS - 1).join('') + '…' : line.trimEnd());

/** A command over several lines, where it is long. */
function folded(words) {
  const lines = ['$ taskscope'];
  for (const word of words) {
    if (lines.at(-1).length + word.length + 3 > COLUMNS) lines.push('   ');
    lines.push(`${lines.pop()} ${word}`);
  }
  return lines.join(' \\\n');
}

/** Findings whose titles are wanted, with the heading. */
function findingsOnly(lines, titles) {
  if (!titles) return lines;
  const blocks = lines.join('\n').split('\n\n');
  return [blocks[0], ...blocks.slice(1).filter(block => titles.some(title => block.includes(title)))]
    .join('\n\n')
    .split('\n');
}

function screenOf(guide, index) {
  const { only, kernel, lines = LINES, input } = SCREENS[guide][index];
  const apart = ['--uts', ...(kernel ? [] : ['--pid', '--fork', '--mount-proc', '--cgroup'])];
  const command = `hostname board && exec ${process.execPath} scripts/guides.mjs --inside ${guide} ${index}`;
  const text = execFileSync('unshare', [...apart, 'sh', '-c', command], { cwd: root, encoding: 'utf8' });
  const { words, stdout } = JSON.parse(text);
  // a release of its own says nothing to others
  const plain = stdout.replaceAll(release(), release().replace(/^(\d+\.\d+\.\d+).*/, '$1')).trimEnd();
  const all = findingsOnly(plain.split('\n'), only).map(cut);
  const shown = all.length > lines ? [...all.slice(0, lines), '…'] : all;
  const pasted = input ? [...input.trimEnd().split('\n'), ''] : [];
  return ['```text', folded(words.map(quoted)), ...pasted.map(cut), ...shown, '```'].join('\n');
}

const BLOCK = /<!-- screen -->\n[^]*?<!-- end -->/g;

if (process.argv[2] === '--inside') {
  await inside(process.argv[3], Number(process.argv[4]));
} else {
  const wanted = process.argv.slice(2);
  if (wanted.some(name => !Object.hasOwn(SCREENS, name))) {
    console.error(
      `usage: node scripts/guides.mjs [GUIDE…]\nwrites the screens of docs/guides anew: ${Object.keys(SCREENS).join(', ')}`,
    );
    process.exit(wanted.includes('--help') ? 0 : 2);
  }
  for (const guide of wanted.length > 0 ? wanted : Object.keys(SCREENS)) {
    const file = `${root}docs/guides/${guide}.md`;
    let index = 0;
    const text = readFileSync(file, 'utf8').replaceAll(
      BLOCK,
      () => `<!-- screen -->\n\n${screenOf(guide, index++)}\n\n<!-- end -->`,
    );
    if (index !== SCREENS[guide].length) throw new Error(`${file} has ${index} marks, not ${SCREENS[guide].length}`);
    writeFileSync(file, text);
    console.error(file);
  }
}
