/** Looks, the mouse and the keys: what somebody chooses once. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { CapturedTask } from '../support/captured-machine.ts';
import {
  bakery,
  BAR,
  BY_CPU,
  captureOf,
  command,
  expectCursor,
  expectPids,
  folderOf,
  openBakery,
  TITLES,
  WIDE,
} from './bakery.ts';
import { ptyTest, type Screen } from './harness.ts';
import { openMonitor } from './program.ts';

const COLOURS = /\x1b\[[\d;]*\b(?:[34]\d|9\d|10\d)(?:;[\d;]*)?m/;

/** Background of the title line, with 256 colours. */
const HEADERS: Readonly<Record<string, number | undefined>> = {
  default: 2,
  dark: 24,
  light: 24,
  'high-contrast': 231,
  'colour-blind': 24,
  mono: undefined,
};
/** Colour of the D of mixer. */
const WORST: Readonly<Record<string, number | undefined>> = {
  default: 196,
  dark: 203,
  light: 160,
  'high-contrast': 231,
  'colour-blind': 16,
  mono: undefined,
};

async function expectTheme(screen: Screen, name: string): Promise<void> {
  await screen.until(() => screen.look(7, TITLES).background === HEADERS[name], `the title line of ${name}`);
  await screen.expectText(/^ +120 /m);
  const row = screen.find(/^ +120 /);
  const state = screen.columnOf(row, 'D');
  await screen.until(() => screen.look(state, row).foreground === WORST[name], `the D of ${name}`);
  assert.equal(screen.look(state, row).underline, true, `the D of ${name} is told without colour, too`);
}

ptyTest('every theme by --theme', async (open, t) => {
  for (const name of Object.keys(HEADERS)) {
    const screen = await openBakery(open, t, ['--theme', name]);
    await expectTheme(screen, name);
    await screen.press('q');
    assert.equal(await screen.exitStatus(), 0);
  }
});

ptyTest('every theme by the list behind :theme, and by its name', async (open, t) => {
  const screen = await openBakery(open, t);
  for (const [index, name] of Object.keys(HEADERS).entries()) {
    await command(screen, 'theme');
    await screen.expectLine(TITLES, 'Theme (Enter chooses');
    await screen.press('home');
    for (let line = 0; line < index; line++) await screen.press('down');
    await screen.press('enter');
    await expectTheme(screen, name);
  }
  await command(screen, 'theme light');
  await expectTheme(screen, 'light');
  await command(screen, 'theme drak');
  await screen.expectLine(BAR, /no theme 'drak': did you mean 'dark'\?/);
});

ptyTest('a theme of the configuration, changed while it is shown', async (open, t) => {
  const config = path.join(folderOf(t), 'config.toml');
  const theme = (header: string): void =>
    fs.writeFileSync(config, `theme = "mine"\n[themes.mine]\nbase = "dark"\nheader = "white on ${header}"\n`);
  theme('52');
  const screen = await openBakery(open, t, ['--config', config]);
  await screen.until(() => screen.look(7, TITLES).background === 52, 'the own title line');
  theme('bright-blue');
  await screen.until(() => screen.look(7, TITLES).background === 12, 'the new title line');
  theme('mauve');
  await screen.expectText(/config\.toml:4: .*mauve/);
  assert.equal(screen.look(7, TITLES).background, 12);
  theme('53');
  await screen.until(() => screen.look(7, TITLES).background === 53, 'the mended title line');
  await screen.expectNoText('mauve');
});

ptyTest('NO_COLOR: attributes alone tell the cursor, the title line and what is wrong', async (open, t) => {
  const screen = await openBakery(open, t, [], { ...WIDE, env: { NO_COLOR: '1' } });
  await expectPids(screen, ...BY_CPU);
  await expectTheme(screen, 'mono');
  assert.equal(screen.look(4, TITLES + 1).reverse, true);
  await screen.press('enter');
  await screen.expectText('[1 OVERVIEW]');
  assert.doesNotMatch(screen.raw, COLOURS);
});

/** Two tasks with names that are no ASCII, beside the bakery. */
const guests = (instant: number): CapturedTask[] => [
  ...bakery(instant),
  { stat: { pid: 600, comm: '日本語', utime: 40 * instant }, command: ['日本語', '🐢🐢'] },
  { stat: { pid: 601, comm: '🐢x', utime: 41 * instant }, command: ['🐢x', '--very-long'.repeat(20)] },
];

ptyTest('wide characters and emoji: the columns behind them stay in their places', async (open, t) => {
  const screen = await openMonitor(open, ['--proc', captureOf(t, guests), '-d', '3600'], WIDE);
  await screen.expectText('22:30:10');
  await command(screen, 'columns pid,comm,state,nice,command');
  await screen.expectText(/600 日本語 +S +0 日本語 🐢🐢/);
  const cells = (): number[] =>
    [100, 400, 600, 601].map(pid => screen.columnOf(screen.find(new RegExp(`^ +${pid} `)), 'S'));
  await screen.expectLine(TITLES, /^ +PID COMM +S +NI COMMAND/);
  await screen.until(() => cells().every(cell => cell === screen.line(TITLES).indexOf(' S ') + 1), 'S below S');
  await screen.expectText(/601 🐢x +S .*…$/m);
  await screen.press('/');
  screen.type('🐢🐢');
  await expectCursor(screen, 600);
});

ptyTest('--ascii: nothing else is sent, whatever is opened and whoever is shown', async (open, t) => {
  const screen = await openMonitor(open, ['--proc', captureOf(t, guests), '-d', '3600', '--ascii'], WIDE);
  await screen.expectText('22:30:10');
  await screen.expectLine(TITLES, /CPU%v|CPU%-|CPU%\S/);
  await screen.press('t');
  await screen.expectText(/[|`+]- ?.*baker/);
  await screen.press('*');
  await screen.expectText(/\(\+\d+\)/);
  await screen.press('?');
  await screen.expectText('Keys in the table');
  await screen.press('escape');
  await screen.expectText(/\(\+\d+\)/);
  await screen.press('s', '6');
  await screen.expectText('[6 GRAPHS]');
  await screen.press('escape');
  await screen.expectText(/PID/);
  assert.doesNotMatch(screen.raw, /[^\x00-\x7f]/);
});

/** A report as terminals send it with mode 1006: button, cell from 1 on. */
const report = (button: number, x: number, y: number, end = 'M'): string => `\x1b[<${button};${x + 1};${y + 1}${end}`;
const click = (screen: Screen, x: number, y: number): void => screen.send(report(0, x, y) + report(0, x, y, 'm'));

ptyTest('--mouse: a click selects, a second one opens, titles sort, the wheel scrolls', async (open, t) => {
  const screen = await openBakery(open, t, ['--mouse']);
  await expectPids(screen, ...BY_CPU);
  await screen.until(() => screen.mouseReports !== 'none', 'reports of the mouse');
  // numbers in text, for columns beyond 223
  assert.match(screen.raw, /\x1b\[\?(?:\d+;)*1006(?:;\d+)*h/);
  click(screen, 30, TITLES + 3);
  await expectCursor(screen, 210);
  screen.send(report(65, 30, TITLES + 3));
  await expectCursor(screen, 1);
  screen.send(report(64, 30, TITLES + 3));
  await expectCursor(screen, 210);
  const title = (text: string): number => screen.line(TITLES).indexOf(text) + 1;
  click(screen, title('PID'), TITLES);
  await expectPids(screen, 1, 2, 20, 100, 110, 120, 200, 210, 300, 400);
  click(screen, title('PID'), TITLES);
  await expectPids(screen, 400, 300, 210, 200, 120, 110, 100, 20, 2, 1);
  click(screen, title('RES'), TITLES);
  await screen.expectLine(TITLES, 'RES▼');
  await expectCursor(screen, 210);
  const row = screen.find(/^ +210 /);
  click(screen, 30, row);
  await screen.expectText('[1 OVERVIEW]');
  await screen.expectText(/210 .*nginx/);
  await screen.press('escape');
  await expectCursor(screen, 210);
  await screen.press('q');
  assert.equal(await screen.exitStatus(), 0);
  assert.equal(screen.mouseReports, 'none');
});

ptyTest('without --mouse nothing is asked for, and reports do nothing', async (open, t) => {
  const screen = await openBakery(open, t);
  await expectPids(screen, ...BY_CPU);
  assert.equal(screen.mouseReports, 'none');
  click(screen, 30, TITLES + 3);
  await screen.press('down');
  await expectCursor(screen, 110);
});

ptyTest('the bottom bar says the keys of what is open', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.expectLine(BAR, /^ F1 Help +F2 Columns +F3 Search +F4 Filter/);
  await screen.press('f2');
  await screen.expectLine(BAR, /^ space Show +\[ Left +\] Right +\+ Wider +- Narrower +\/ Search/i);
  await screen.press('escape');
  await screen.expectLine(BAR, /F2 Columns/);
  await screen.press('f6');
  await screen.expectLine(BAR, /^ Enter Open +Esc Back/);
  await screen.press('escape');
  await screen.expectLine(BAR, /F2 Columns/);
  await screen.press('enter');
  await screen.expectLine(BAR, /^ F1 Help +F3 Search .*Page/);
  assert.doesNotMatch(screen.line(BAR), /Columns|Tree/);
  await screen.press('?');
  await screen.expectLine(BAR, /^ F3 Search +Esc Back/);
  await screen.press('escape');
  await screen.expectLine(BAR, /Page/);
  await screen.press('d');
  await screen.expectLine(BAR, /^ Seconds between samples:/);
});

ptyTest('the help can be searched', async (open, t) => {
  const screen = await openBakery(open, t, [], { columns: 100, rows: 24 });
  await screen.press('?');
  await screen.expectText('Keys in the table');
  await screen.press('/');
  screen.type('wait channel');
  await screen.press('enter');
  const match = (): string | undefined => screen.lines().find(line => line.includes('wait channel'));
  await screen.until(() => match() !== undefined, 'the first match');
  await screen.press('n', 'n', 'n');
  await screen.press('/');
  screen.type('no such word');
  await screen.press('enter');
  await screen.expectText("'no such word' is not on this page");
  await screen.press('escape', 'escape');
  await screen.expectText(/PID .*COMMAND/);
});

ptyTest('key maps: htop, top, vim', async (open, t) => {
  const top = await openBakery(open, t, ['--keys', 'top']);
  await top.press('V');
  await top.expectText('├─');
  await top.press('V');
  await top.expectNoText('├─');
  await top.press('s');
  await top.expectText('Seconds between samples:');
  await top.press('escape');
  await top.expectText('F1 Help');
  await top.press('o');
  await top.expectText('Filter:');
  top.type('state = D');
  await expectPids(top, 120);
  await top.press('enter');
  await top.expectText('F1 Help');
  await top.press('=');
  await expectPids(top, ...BY_CPU);
  const vim = await openBakery(open, t, ['--keys', 'vim']);
  await vim.press('G');
  await expectCursor(vim, 400);
  await vim.press('k');
  await expectCursor(vim, 300);
  await vim.press('j', 'k', 'k');
  await expectCursor(vim, 120);
  await vim.press('g');
  await expectCursor(vim, 100);
  await command(vim, 'keys htop');
  await vim.press('G');
  await vim.expectText('Gather tasks by');
});

ptyTest('own keys: what they take the place of is told, a key bound twice is an error', async (open, t) => {
  const config = path.join(folderOf(t), 'config.toml');
  fs.writeFileSync(config, '[bind.table]\n"B" = "sort-memory"\n"x" = "none"\n"f12" = "tree"\n');
  const screen = await openBakery(open, t, ['--config', config]);
  await screen.expectText('config.toml: x: was show-locks, now none');
  await screen.press('B');
  await screen.expectLine(TITLES, 'RES▼');
  await screen.press('x', 'f12');
  await screen.expectText('├─');
  fs.writeFileSync(config, '[bind.table]\n"B" = "sort-memory"\n[bind]\n"B" = "sort-cpu"\n');
  await screen.expectText(/config\.toml:\d: .*binds B twice in table/);
  // the last good keys stay
  await screen.press('f12');
  await screen.expectNoText('├─');
  fs.writeFileSync(config, '[bind]\n"B" = "sort-time"\n');
  await screen.expectNoText('binds B twice');
  await screen.press('B');
  await screen.expectLine(TITLES, 'TIME+▼');
  await screen.press('x');
  await screen.expectText(/\[LOCKS\]|LOCKS\]/);
});
