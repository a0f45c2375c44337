import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { capabilities, isUtf8Locale, usableSize } from '../../src/term/environment.ts';
import type { ColorChoice } from '../../src/term/environment.ts';

function depth(env: Record<string, string>, colors: ColorChoice = 'auto'): number | string {
  const able = capabilities(env, { colors, ascii: false });
  return 'error' in able ? able.error : able.depth;
}

describe('capabilities', () => {
  test('refused with advice: unset, empty, dumb, unknown', () => {
    for (const TERM of [undefined, '', 'dumb', 'unknown']) {
      const able = capabilities(TERM === undefined ? {} : { TERM }, { colors: 'auto', ascii: false });
      assert.ok('error' in able && able.error.includes('--once'), TERM);
    }
  });
  test('colours by name and COLORTERM', () => {
    const rich = [
      'xterm-256color',
      'tmux-256color',
      'xterm-kitty',
      'alacritty',
      'xterm-direct',
      'foot',
      'xterm-ghostty',
    ];
    for (const TERM of rich) assert.equal(depth({ TERM }), 256, TERM);
    for (const TERM of ['xterm', 'screen', 'rxvt', 'no-such-term', 'ansi']) assert.equal(depth({ TERM }), 16, TERM);
    for (const COLORTERM of ['truecolor', '24bit']) assert.equal(depth({ TERM: 'xterm', COLORTERM }), 256);
    assert.equal(depth({ TERM: 'linux', COLORTERM: 'truecolor' }), 8);
    assert.equal(depth({ TERM: 'vt100' }), 0);
    assert.equal(depth({ TERM: 'VT220' }), 0);
  });
  test('NO_COLOR, and who overrules it', () => {
    assert.equal(depth({ TERM: 'xterm-256color', NO_COLOR: '1' }), 0);
    assert.equal(depth({ TERM: 'xterm-256color', NO_COLOR: '' }), 256, 'set but empty says nothing');
    assert.equal(depth({ TERM: 'xterm-256color', NO_COLOR: '1' }, 'always'), 256);
    assert.equal(depth({ TERM: 'vt100' }, 'always'), 16);
    assert.equal(depth({ TERM: 'xterm-256color' }, 'never'), 0);
  });
  test('UTF-8 by the first locale variable that says anything', () => {
    assert.equal(isUtf8Locale({ LANG: 'de_DE.UTF-8' }), true);
    assert.equal(isUtf8Locale({ LANG: 'C.utf8' }), true);
    assert.equal(isUtf8Locale({ LANG: 'de_DE.UTF-8', LC_CTYPE: 'C' }), false);
    assert.equal(isUtf8Locale({ LANG: 'C', LC_CTYPE: 'C', LC_ALL: 'en_US.UTF-8' }), true);
    assert.equal(isUtf8Locale({ LANG: 'en_US.UTF-8', LC_ALL: '' }), true);
    assert.equal(isUtf8Locale({}), false);
  });
  test('--ascii', () => {
    const able = capabilities({ TERM: 'xterm', LANG: 'C.UTF-8' }, { colors: 'auto', ascii: true });
    assert.ok(!('error' in able) && !able.unicode);
  });
});

describe('size', () => {
  test('what the terminal says, else LINES and COLUMNS, else 80 by 24', () => {
    assert.deepEqual(usableSize(100, 30, { COLUMNS: '50' }), { columns: 100, rows: 30 });
    assert.deepEqual(usableSize(0, 0, {}), { columns: 80, rows: 24 });
    assert.deepEqual(usableSize(0, 0, { COLUMNS: '132', LINES: '50' }), { columns: 132, rows: 50 });
    assert.deepEqual(usableSize(undefined, 40, { COLUMNS: 'x', LINES: '-1' }), { columns: 80, rows: 40 });
    assert.deepEqual(usableSize(65535, 65535, {}), { columns: 2000, rows: 1000 });
  });
});
