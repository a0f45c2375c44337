/** Pages that are made out of the program are as the program would make them now. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import Ajv from 'ajv';
import * as prettier from 'prettier';
import { fieldsMarkdown } from '../../src/cli/fields.ts';
import { flagsMarkdown } from '../../src/cli/flags-page.ts';
import { keysMarkdown } from '../../src/cli/keys-page.ts';
import { eventsSchema, findingsSchema, snapshotSchema, systemSchema, taskSchema } from '../../src/out/schema.ts';
import { STATES } from '../../src/kernel/states.ts';
import { STATUS_KEYS } from '../../src/kernel/status-keys.ts';
import { TASK_FLAGS } from '../../src/kernel/task-flags.ts';
import { openTree } from '../../src/sample/open-tree.ts';
import { MACHINES, place } from '../support/fixtures.ts';
import { root } from '../support/paths.ts';

test('docs/fields.md is up to date (npm run docs writes it)', () => {
  assert.equal(fs.readFileSync(`${root}docs/fields.md`, 'utf8'), fieldsMarkdown());
});

for (const [name, text] of Object.entries({ keys: keysMarkdown(), flags: flagsMarkdown() })) {
  test(`docs/${name}.md is up to date (npm run docs writes it)`, async () => {
    const file = `${root}docs/${name}.md`;
    const style = await prettier.resolveConfig(file);
    const there = fs.readFileSync(file, 'utf8').split('\n');
    const made = (await prettier.format(text, { ...style, parser: 'markdown' })).split('\n');
    const other = made.findIndex((line, at) => line !== there[at]);
    assert.deepEqual([there.length, there[other]], [made.length, made[other]]);
  });
}

test('docs/flags.md has every flag, state and key of status', () => {
  const page = flagsMarkdown();
  for (const { mask, name } of TASK_FLAGS)
    assert.ok(page.includes(`\`0x${mask.toString(16).padStart(8, '0')}\` | \`${name}\` |`), name);
  for (const { letter, name } of STATES) assert.ok(page.includes(`| \`${letter}\` | ${name} |`), letter);
  for (const { key } of STATUS_KEYS) assert.ok(page.includes(`| \`${key}\` |`), key);
  // by hand: include/linux/sched.h of 6.8, 6.9, 6.11 and 6.12
  assert.match(page, /^\| 24 \| `0x01000000` \| `PF_MEMALLOC_NOWARN` \| `w` \| 6\.9 – 6\.11 \|/m);
  assert.match(page, /^\| 21 \| `0x00200000` \| `PF_KTHREAD` \| `K` \| all \|/m);
  assert.match(page, /^\| 16 \| `0x00010000` \| `PF_FROZEN` \| `z` \| up to 6\.0 \|/m);
  assert.match(page, /^\| 13 \| `0x00002000` \| `PF_USED_MATH` \|/m);
  assert.match(page, /^\| 5\.7 \| {2}\| `PF_LESS_THROTTLE` 0x00100000 \|$/m);
  assert.match(page, /^\| `VmPMD` \| 4\.0 – 4\.14 \| kB \|/m);
});

for (const [name, schema] of Object.entries({
  snapshot: snapshotSchema(),
  findings: findingsSchema(),
  events: eventsSchema(),
  task: taskSchema(),
  system: systemSchema(),
})) {
  test(`docs/schema/${name}-1.json is up to date (npm run docs writes it)`, () => {
    const text = fs.readFileSync(`${root}docs/schema/${name}-1.json`, 'utf8');
    assert.equal(text, JSON.stringify(schema, undefined, 2) + '\n');
  });
}

test('the JSON of show is what its schema promises', () => {
  const show = (...args: string[]): unknown =>
    JSON.parse(
      execFileSync(process.execPath, [`${root}bin/taskscope.js`, 'show', '--json', '--interval', '0', ...args], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      }),
    );
  const check = (schema: object, document: unknown): void => {
    const validate = new Ajv.default({ allErrors: true, allowUnionTypes: true }).compile(schema);
    assert.ok(validate(document), JSON.stringify(validate.errors?.slice(0, 3)));
  };
  check(taskSchema(), show(String(process.pid), '--page', 'all,raw:limits'));
  for (const name of MACHINES) {
    const opened = openTree(place(name));
    assert.ok('tree' in opened);
    check(taskSchema(), show(String(opened.tree.pids()[0]), '--proc', place(name), '--page', 'all'));
  }
  check(systemSchema(), show('system'));
});

test('the JSON of every captured machine, and of this one, is what its schema promises', () => {
  const validate = new Ajv.default({ allErrors: true, allowUnionTypes: true }).compile(snapshotSchema());
  const sources = [...MACHINES.map(name => ['--proc', place(name)]), ['-d', '0.1'], ['-d', '0.1', '-H']];
  for (const source of sources) {
    const args = [`${root}bin/taskscope.js`, '--once', '--json', '-c', 'all', ...source];
    const text = execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    assert.ok(validate(JSON.parse(text)), `${source.join(' ')}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
  }
});

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): string[] =>
  Array.from(text.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm), ([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...fs
    .readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];

test('links of the documentation lead somewhere', () => {
  for (const page of PAGES) {
    const text = fs.readFileSync(root + page, 'utf8');
    for (const [, target] of text.matchAll(/\]\(([^):]+)\)/g)) {
      const [file = '', anchor] = target!.split('#');
      const place = file === '' ? root + page : path.join(root, path.dirname(page), file);
      assert.ok(fs.existsSync(place), `${page}: ${target!}`);
      if (anchor !== undefined)
        assert.ok(anchorsOf(fs.readFileSync(place, 'utf8')).includes(anchor), `${page}: ${target!}`);
    }
  }
});

test('docs/README.md leads to every page, README.md to that', () => {
  const index = fs.readFileSync(`${root}docs/README.md`, 'utf8');
  for (const page of PAGES.filter(name => /^docs\/[^/]+\.md$/.test(name) && name !== 'docs/README.md'))
    assert.ok(index.includes(`](${path.basename(page)})`), page);
  assert.ok(fs.readFileSync(`${root}README.md`, 'utf8').includes('](docs/README.md)'));
});
