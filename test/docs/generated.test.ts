/** Pages that are made out of the program are as the program would make them now. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import Ajv from 'ajv';
import { fieldsMarkdown } from '../../src/cli/fields.ts';
import { eventsSchema, findingsSchema, snapshotSchema, systemSchema, taskSchema } from '../../src/out/schema.ts';
import { openTree } from '../../src/sample/open-tree.ts';
import { MACHINES, place } from '../support/fixtures.ts';
import { root } from '../support/paths.ts';

test('docs/fields.md is up to date (npm run docs writes it)', () => {
  assert.equal(fs.readFileSync(`${root}docs/fields.md`, 'utf8'), fieldsMarkdown());
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

test('links of the documentation lead somewhere', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/architecture.md', 'docs/filter.md'];
  for (const page of pages) {
    const text = fs.readFileSync(root + page, 'utf8');
    for (const [, target] of text.matchAll(/\]\(([^)#:]+)\)/g)) {
      assert.ok(fs.existsSync(`${root}${page.includes('/') ? 'docs/' : ''}${target!}`), `${page}: ${target!}`);
    }
  }
});
