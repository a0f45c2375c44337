/** man/taskscope.1 is as the program would make it now, and as man wants it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import { manPage } from '../../src/cli/man.ts';
import { COMMANDS, OPTIONS } from '../../src/cli/option-table.ts';
import { root } from '../support/paths.ts';

const FILE = `${root}man/taskscope.1`;
const { version } = JSON.parse(fs.readFileSync(`${root}package.json`, 'utf8')) as { readonly version: string };
const has = (command: string): boolean => spawnSync(command, ['--version']).error === undefined;

test('man/taskscope.1 is up to date (npm run docs writes it)', () => {
  assert.equal(fs.readFileSync(FILE, 'utf8'), manPage(version));
});

test('it is ASCII, for terminals of any kind', () => {
  assert.doesNotMatch(manPage(version), /[^\n -~]/);
});

test('groff has nothing to warn of', { skip: !has('groff') && 'cannot: no groff here' }, () => {
  for (const device of ['utf8', 'ascii', 'ps']) {
    const { status, stderr } = spawnSync('groff', ['-ww', '-z', '-man', `-T${device}`, FILE], { encoding: 'utf8' });
    // -Tps comes with the larger package of groff
    if (device === 'ps' && /can't find `DESC' file|cannot load 'DESC'/.test(stderr)) continue;
    assert.equal(stderr, '', device);
    assert.equal(status, 0, device);
  }
});

test('shown by man it names every option and command', { skip: !has('man') && 'cannot: no man here' }, () => {
  const { stdout, stderr } = spawnSync('man', ['--warnings', '-l', FILE], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '200', MANPAGER: 'cat', MAN_KEEP_FORMATTING: '' },
  });
  assert.equal(stderr, '');
  for (const { name, value } of OPTIONS)
    assert.ok(new RegExp(`^ +(-\\w, )?--${name}${value ? ` ${value}` : ''}( |$)`, 'm').test(stdout), name);
  for (const name of Object.keys(COMMANDS)) assert.ok(new RegExp(`^ +${name}( |$)`, 'm').test(stdout), name);
  // nothing of a text was taken for a request or an escape
  assert.match(stdout, /^ +F4 \\ +show only tasks that match, as you type$/m);
  assert.match(stdout, /^ +\. +to the next finding or event$/m);
  assert.match(stdout, /^ +\^L +paint the whole screen again$/m);
});
