/** Every page as it looks at the two usual sizes; `npm run docs` writes them anew, a reader judges the difference. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { GOLDEN_SIZES, goldenFile, pageScreens } from '../support/golden.ts';

for (const [columns, lines] of GOLDEN_SIZES) {
  test(`the pages of a process at ${columns}x${lines}`, () => {
    const expected = fs.readFileSync(goldenFile(columns, lines), 'utf8').split('\f');
    const actual = pageScreens(columns, lines).split('\f');
    assert.equal(actual.length, expected.length);
    actual.forEach((screen, index) => assert.equal(screen, expected[index]));
  });
}
