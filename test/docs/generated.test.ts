/** Pages that are made out of the program are as the program would make them now. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import Ajv from 'ajv';
import { fieldsMarkdown } from '../../src/cli/fields.ts';
import { snapshotSchema } from '../../src/out/schema.ts';
import { MACHINES, place } from '../support/fixtures.ts';
import { root } from '../support/paths.ts';

test('docs/fields.md is up to date (npm run docs writes it)', () => {
  assert.equal(fs.readFileSync(`${root}docs/fields.md`, 'utf8'), fieldsMarkdown());
});

test('docs/schema/snapshot-1.json is up to date (npm run docs writes it)', () => {
  const text = fs.readFileSync(`${root}docs/schema/snapshot-1.json`, 'utf8');
  assert.equal(text, JSON.stringify(snapshotSchema(), undefined, 2) + '\n');
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
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/architecture.md'];
  for (const page of pages) {
    const text = fs.readFileSync(root + page, 'utf8');
    for (const [, target] of text.matchAll(/\]\(([^)#:]+)\)/g)) {
      assert.ok(fs.existsSync(`${root}${page.includes('/') ? 'docs/' : ''}${target!}`), `${page}: ${target!}`);
    }
  }
});
