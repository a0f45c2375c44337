/** docs/configuration.md and the README say what the program takes. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { parse } from 'smol-toml';
import { SHIPPED_SETS } from '../../src/app/state.ts';
import { parseOptions } from '../../src/cli/options.ts';
import { startSettings } from '../../src/cli/settings.ts';
import { schemaOf } from '../../src/config/schema.ts';
import { BINDINGS } from '../../src/keys/keys.ts';
import { THEME_NAMES, TONES } from '../../src/term/theme.ts';
import { testMachine } from '../support/model.ts';
import { root } from '../support/paths.ts';
import { KNOWN } from './known.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'guide-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const GUIDE = readFileSync(`${root}docs/configuration.md`, 'utf8');
const README = readFileSync(`${root}README.md`, 'utf8');
const blocksOf = (page: string): string[] => Array.from(page.matchAll(/^```toml\n([^]*?)^```$/gm), ([, text]) => text!);

describe('the examples', () => {
  const blocks = [...blocksOf(GUIDE), ...blocksOf(README)];
  for (const [index, text] of blocks.entries()) {
    it(`${index + 1} of ${blocks.length} is taken: ${text.split('\n')[0]!}`, async () => {
      const file = path.join(folder, `${index}.toml`);
      writeFileSync(file, text);
      const { state } = await startSettings(parseOptions(['--config', file]), testMachine());
      // own keys tell what they took the place of
      assert.notEqual(state.message?.tone, 'bad', state.message?.text);
      assert.ok(text.includes('[bind') || state.message === undefined, state.message?.text);
    });
  }

  it('say every setting that there is', () => {
    const said = new Set(blocksOf(GUIDE).flatMap(text => Object.keys(parse(text))));
    assert.deepEqual([...said].sort(), Object.keys(schemaOf(KNOWN, {}).entries).sort());
  });
});

describe('the page names', () => {
  const has = (word: string): boolean => GUIDE.includes(`\`${word}\``);
  it('all themes, tones, tabs and modes', () => {
    const modes = new Set(BINDINGS.flatMap(({ modes }) => modes as readonly string[]));
    for (const fixed of ['prompt', 'dialog']) modes.delete(fixed);
    for (const word of [...THEME_NAMES, ...TONES, ...SHIPPED_SETS.map(({ name }) => name), ...modes])
      assert.ok(has(word), word);
  });
});
