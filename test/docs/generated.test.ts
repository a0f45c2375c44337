/** Pages that are made out of the program are as the program would make them now. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { fieldsMarkdown } from '../../src/cli/fields.ts';
import { root } from '../support/paths.ts';

test('docs/fields.md is up to date (npm run docs writes it)', () => {
  assert.equal(fs.readFileSync(`${root}docs/fields.md`, 'utf8'), fieldsMarkdown());
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
