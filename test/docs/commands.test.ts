/**
 * Every line of README and docs/ that calls taskscope in a block of code does what it says: they are run one after the
 * other in an empty folder. The monitor is opened in a terminal of its own and left; what would go on is ended once it has
 * told something. A block that cannot be run here has `<!-- no-test: why -->` before it.
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

const DOCS = fs.readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.md'));
const FILES = ['README.md', ...DOCS.map(name => `docs/${name}`).sort()];

interface Block {
  readonly language: string;
  readonly text: string;
  /** Why it is not run; undefined: it is. */
  readonly excuse: string | undefined;
}

const BLOCK = /^(?:<!-- no-test:(.*)-->\n+)?```(\w*)\n([^]*?)^```$/gm;
const blocksOf = (text: string): Block[] =>
  Array.from(text.matchAll(BLOCK), ([, excuse, language, body]) => ({
    language: language!,
    text: body!.replaceAll('\\\n', ''),
    excuse,
  }));

interface Call {
  readonly words: readonly string[];
  /** As `NAME=value` before the command. */
  readonly env: Readonly<Record<string, string>>;
  /** What stands behind `<`. */
  readonly inputFile: string | undefined;
  /** What is typed or pasted below it, up to an empty line. */
  readonly pasted: string;
  /** The line as it stands there. */
  readonly line: string;
}

const CALL = /^((?:\w+=\S* +)*)(?:npm start --silent --|taskscope)((?: .*)?)$/;
/** The program anywhere in a line, whatever stands around it. */
const MENTION = /(?:^|[\s;&|(])(?:npm start --silent --|taskscope)(?:\s|$)/;

/** Words as a shell makes them. */
const wordsOf = (text: string): string[] =>
  Array.from(text.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain!);

function callOf(line: string, pasted: string): Call | undefined {
  const [, env = '', rest = ''] = CALL.exec(line) ?? [];
  if (!CALL.test(line)) return undefined;
  const [call = '', inputFile] = rest.split(/\s<\s*/);
  const words = wordsOf(call);
  const entries = wordsOf(env).map((word): [string, string] => [word.split('=', 1)[0]!, word.replace(/^\w+=/, '')]);
  return { words, env: Object.fromEntries(entries), inputFile, pasted, line };
}

/** Lines that a shell would take: all of a block of `sh`, those behind a prompt in others. */
function linesOf({ language, text }: Block): { readonly line: string; readonly below: string }[] {
  const lines = text.split('\n');
  const isShell = language === '' || language === 'sh';
  return lines.flatMap((whole, at) => {
    const prompt = whole.startsWith('$ ');
    if (!isShell && !prompt) return [];
    const rest = lines.slice(at + 1);
    const end = rest.indexOf('');
    const line = whole
      .replace(/^\$ /, '')
      .replace(/\s+#.*$/, '')
      .trim();
    return [{ line, below: prompt && end > 0 ? rest.slice(0, end).join('\n') + '\n' : '' }];
  });
}

function callsIn(text: string): Call[] {
  const lines = blocksOf(text)
    .filter(({ excuse }) => excuse === undefined)
    .flatMap(linesOf);
  const calls = lines.flatMap(({ line, below }) => callOf(line, below) ?? []);
  return calls.filter((call, at) => calls.findIndex(({ line }) => line === call.line) === at);
}

/** Lines that call the program in a way that this test does not understand. */
const strayIn = (text: string): string[] =>
  blocksOf(text)
    .filter(({ excuse }) => excuse === undefined)
    .flatMap(linesOf)
    .map(({ line }) => line)
    .filter(line => MENTION.test(line) && !CALL.test(line));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-docs-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What the texts take for granted: a capture, a log. */
fs.mkdirSync(path.join(folder, 'test'));
fs.symlinkSync(`${root}test/fixtures`, path.join(folder, 'test', 'fixtures'));
fs.copyFileSync(`${root}test/fixtures/debian12-armhf-6.1/proc.tar.gz`, path.join(folder, 'capture.tar.gz'));
fs.writeFileSync(
  path.join(folder, 'kernel.log'),
  'task:tar state:D stack:0 pid:871 tgid:871 ppid:1 task_flags:0x400100 flags:0x00000002\n',
);

/**
 * Long times are cut; files are those of the test; a task and a time that a text makes up are replaced or left out.
 * @param samples does it wait between samples?
 */
function shortened(words: readonly string[], samples: boolean): string[] {
  const out = words
    .map(word => word.replace('/var/tmp/', ''))
    .map((word, at, all) => (all[at - 1] === '--for' ? '1s' : all[at - 1] === '-d' ? '0.3' : word))
    .map((word, at, all) => (all[0] === 'show' && at === 1 && /^(?:\d+|PID)$/.test(word) ? '1' : word))
    .filter((word, at, all) => word !== '--at' && all[at - 1] !== '--at');
  if (samples && !out.includes('-d')) out.push('-d', '0.3');
  if ((out[0] === 'check' || out.includes('--stuck')) && !out.includes('--for') && !out.includes('--proc'))
    out.push('--for', '1s');
  return out;
}

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Two samples of a recording are there after this. */
const RECORDED_MS = 1200;

/** @param goesOn it is ended by SIGTERM when it has begun and told something. */
function run(call: Call, words: readonly string[], goesOn: boolean): Promise<Ran> {
  return new Promise(resolve => {
    const child = spawn(NODE, [PROGRAM, ...words], { cwd: folder, env: { ...process.env, ...ENV, ...call.env } });
    const ran = { out: '', err: '' };
    const end = (afterMs: number): unknown => goesOn && setTimeout(() => child.kill('SIGTERM'), afterMs);
    child.stdout.once('data', () => end(0)).on('data', (chunk: Buffer) => (ran.out += chunk.toString()));
    child.stderr.once('data', () => end(RECORDED_MS)).on('data', (chunk: Buffer) => (ran.err += chunk.toString()));
    child.stdin.end(call.inputFile === undefined ? call.pasted : fs.readFileSync(path.join(folder, call.inputFile)));
    child.on('close', status => resolve({ status, ...ran }));
  });
}

function callTest(call: Call): void {
  // as it stands there it is to be understood
  const options = parseOptions(call.words.map(word => (word === 'PID' ? '1' : word)));
  const samples = ['print', 'show', 'check', 'record'].includes(options.command);
  const words = shortened(call.words, samples);
  if (options.command === 'monitor') {
    ptyTest(call.line, async open => {
      const screen = await openMonitor(open, words, { columns: 100, rows: 30, cwd: folder, env: call.env });
      await screen.press('q');
      assert.equal(await screen.exitStatus(), 0);
    });
    return;
  }
  test(call.line, async () => {
    const recorded = options.command === 'record';
    const live = options.proc === '/proc';
    const goesOn = live && ((recorded && options.for === undefined) || options.count === 0);
    const { status, out, err } = await run(call, words, goesOn);
    const allowed = options.command === 'check' ? [0, 1] : goesOn ? [0, null] : [0];
    assert.ok(allowed.includes(status), `exit status ${String(status)}: ${err}`);
    assert.ok(recorded ? err.includes('recorded') : out.length > 0, err);
  });
}

for (const file of FILES) {
  const text = fs.readFileSync(root + file, 'utf8');
  const calls = callsIn(text);
  if (calls.length > 0)
    describe(`the lines of ${file} do what they say`, { concurrency: false }, () => {
      for (const call of calls) callTest(call);
    });
}

test('no call is missed, and what is not run has a reason', () => {
  for (const file of FILES) {
    const text = fs.readFileSync(root + file, 'utf8');
    assert.deepEqual(strayIn(text), [], file);
    const excuses = blocksOf(text).flatMap(({ excuse }) => excuse ?? []);
    for (const excuse of excuses) assert.match(excuse, /\w{3}/, file);
    // a mark that stands elsewhere would excuse nothing
    assert.equal([...text.matchAll(/<!-- no-test/g)].length, excuses.length, file);
  }
});

test('the lines are found', () => {
  const text = [
    '```sh\ntaskscope a b   # c\nLANG=C taskscope\nsudo taskscope d\ntaskscope-record\n```',
    '```text\ntaskscope  board\n$ taskscope e \\\n  f\nx\ny\n\nz\n```',
    '<!-- no-test: needs root -->\n\n```sh\ntaskscope g\n```',
  ].join('\n\n');
  assert.deepEqual(
    callsIn(text).map(({ words, env, pasted }) => ({ words, env, pasted })),
    [
      { words: ['a', 'b'], env: {}, pasted: '' },
      { words: [], env: { LANG: 'C' }, pasted: '' },
      { words: ['e', 'f'], env: {}, pasted: 'x\ny\n' },
    ],
  );
  assert.deepEqual(strayIn(text), ['sudo taskscope d']);
  assert.deepEqual(
    blocksOf(text).map(({ excuse }) => excuse),
    [undefined, undefined, ' needs root '],
  );
  assert.ok(['README.md', 'docs/recordings.md', 'docs/guides/stuck.md'].every(file => FILES.includes(file)));
});
