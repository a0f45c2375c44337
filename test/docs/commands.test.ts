/**
 * Every line of README and docs/recordings.md that calls taskscope does what it says: they are run one after the other in an
 * empty folder. The monitor is opened in a terminal of its own and left; what would go on is ended by the signal that the
 * text names.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { parseOptions } from '../../src/cli/options.ts';
import { ENV, NODE, openMonitor, PROGRAM } from '../e2e/program.ts';
import { ptyTest } from '../e2e/harness.ts';
import { root } from '../support/paths.ts';

const FILES = ['README.md', 'docs/recordings.md'];
const CALL = /^(?:npm start --silent --|taskscope) +(.*)$/;

/** Lines that a shell would take, without their comments. */
function callsIn(file: string): string[] {
  const blocks = fs.readFileSync(root + file, 'utf8').matchAll(/^```(?:sh)?\n([^]*?)^```$/gm);
  return Array.from(blocks, ([, block]) => block!.split('\n'))
    .flat()
    .flatMap(line => CALL.exec(line.replace(/\s+#.*$/, ''))?.[1] ?? []);
}

interface Call {
  readonly words: readonly string[];
  /** What stands behind `<`. */
  readonly input: string | undefined;
}

/** Words as a shell makes them; long times are cut, and files are those of the test. */
function callOf(text: string): Call {
  const [call = '', input] = text.split(/\s<\s/);
  const words = Array.from(call.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain!).map(word =>
    word.replace('/var/tmp/', '').replace(/^(?:30s|5m)$/, '2s'),
  );
  return { words, input };
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-docs-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What the texts take for granted: a capture, a log. */
fs.symlinkSync(`${root}test/fixtures`, path.join(folder, 'fixtures'));
fs.mkdirSync(path.join(folder, 'test'));
fs.symlinkSync(`${root}test/fixtures`, path.join(folder, 'test', 'fixtures'));
fs.copyFileSync(`${root}test/fixtures/debian12-armhf-6.1/proc.tar.gz`, path.join(folder, 'capture.tar.gz'));
fs.writeFileSync(
  path.join(folder, 'kernel.log'),
  'task:tar state:D stack:0 pid:871 tgid:871 ppid:1 task_flags:0x400100 flags:0x00000002\n',
);

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param forMs then SIGTERM, where it would go on. */
function run({ words, input }: Call, forMs: number | undefined): Promise<Ran> {
  return new Promise(resolve => {
    const child = spawn(NODE, [PROGRAM, ...words], { cwd: folder, env: { ...process.env, ...ENV } });
    const ran = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (ran.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (ran.err += chunk.toString()));
    child.stdin.end(input === undefined ? '' : fs.readFileSync(path.join(folder, input)));
    const timer = forMs === undefined ? undefined : setTimeout(() => child.kill('SIGTERM'), forMs);
    child.on('close', status => {
      clearTimeout(timer);
      resolve({ status, ...ran });
    });
  });
}

/** A task that a text names by a made-up number, or a time of its recording, is put in. */
function withFacts({ words, input }: Call): Call {
  return {
    words: words
      .map(word => (word === '812' ? '1' : word))
      .filter((word, at) => word !== '--at' && words[at - 1] !== '--at'),
    input,
  };
}

describe('the lines of the documentation do what they say', { concurrency: false }, () => {
  for (const file of FILES) {
    for (const text of new Set(callsIn(file))) {
      const call = withFacts(callOf(text));
      const options = parseOptions(call.words);
      if (options.command === 'monitor') {
        ptyTest(`${file}: ${text}`, async open => {
          const words = call.words.map(word => (/\.tsr$/.test(word) ? path.join(folder, word) : word));
          const screen = await openMonitor(open, words, { columns: 100, rows: 30 });
          await screen.expectText('COMMAND');
          await screen.press('q');
          assert.equal(await screen.exitStatus(), 0);
        });
        continue;
      }
      test(`${file}: ${text}`, async () => {
        const goesOn = (options.command === 'record' && options.for === undefined) || options.count === 0;
        const { status, out, err } = await run(
          call,
          goesOn && options.proc === '/proc' ? ((options.interval ?? 2) + 2) * 1000 : undefined,
        );
        const allowed = options.command === 'check' ? [0, 1] : goesOn ? [0, null] : [0];
        assert.ok(allowed.includes(status), `exit status ${String(status)}: ${err}`);
        assert.ok(options.command === 'record' ? err.includes('recorded') : out.length > 0, err);
      });
    }
  }

  test('there are such lines', () => assert.ok(FILES.every(file => callsIn(file).length > 5)));
});
