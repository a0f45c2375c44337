import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limitsPage } from '../../src/pages/limits.ts';
import { built, type Built, type Parts, type Record_, statusText } from './built.ts';

const row = (name: string, soft: string, hard: string, unit: string): string =>
  `${name.padEnd(25)} ${soft.padEnd(20)} ${hard.padEnd(20)} ${unit.padEnd(10)}\n`;
const LIMITS =
  row('Limit', 'Soft Limit', 'Hard Limit', 'Units') +
  row('Max cpu time', '100', 'unlimited', 'seconds') +
  row('Max stack size', '8388608', 'unlimited', 'bytes') +
  row('Max processes', '96365', '96365', 'processes') +
  row('Max open files', '10', '4096', 'files') +
  row('Max pending signals', '96365', '96365', 'signals') +
  row('Max nice priority', '0', '0', '') +
  row('Max new things', '7', '9', 'things');

const descriptors = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`fd/${n}`, '/dev/null']));
const page = (parts: Parts = {}): Built =>
  built(limitsPage, {
    links: descriptors(3),
    ...parts,
    files: { limits: LIMITS, status: statusText(), ...parts.files },
  });
const limit = ({ rows }: Built, resource: string): Record_ => rows('limits').find(of => of['resource'] === resource)!;

describe('the page of limits', () => {
  test('soft, hard, unit, and what is in use', () => {
    const shown = page({ stat: { utime: 1200, stime: 300 } });
    assert.deepEqual(shown.rows('limits').length, 7);
    assert.deepEqual(
      { ...limit(shown, 'Max stack size'), meaning: '' },
      { resource: 'Max stack size', soft: '8388608', hard: 'unlimited', unit: 'bytes', in_use: 135168, meaning: '' },
    );
    assert.equal(limit(shown, 'Max cpu time')['in_use'], 15);
    assert.equal(limit(shown, 'Max open files')['in_use'], 3);
    assert.equal(limit(shown, 'Max processes')['in_use'], null);
    assert.equal(limit(shown, 'Max new things')['meaning'], 'not known to this table');
    assert.match(shown.line('stack size'), /8,388,608 +unlimited +bytes +132K \(1 %\)/);
    assert.match(shown.line('open files'), /10 +4,096 +files +3 \(30 %\)/);
    assert.doesNotMatch(shown.text, /%!/);
  });

  test('80 % of the soft limit is marked, and told first', () => {
    assert.match(page({ links: descriptors(8) }).lines[0]!, /open files: 8 of 10 files in use \(80 %\)\./);
    assert.match(page({ links: descriptors(8) }).line('open files  '), /8 \(80 %!\)/);
    assert.match(page({ links: descriptors(7) }).lines[0]!, /^ +resource/);
    assert.match(page({ links: descriptors(10) }).lines[0]!, /100 %/);
  });

  test('what is in use and cannot be read is missing, not 0, and says why', () => {
    // the folder cannot be listed: a dossier without names
    const shown = page({ links: {} });
    assert.equal(limit(shown, 'Max open files')['in_use'], null);
    assert.match(shown.line('open files'), /files +-/);
    assert.match(shown.text, /In use, from fd: not read in this sample\./);
  });

  test('CPU time of the process is not that of one thread', () => {
    assert.equal(limit(page({ thread: true, stat: { utime: 1200 } }), 'Max cpu time')['in_use'], null);
  });

  test('without the file', () => {
    const shown = page({ machine: { releaseText: '2.6.32' }, files: { limits: { missing: 'no-permission' } } });
    assert.match(shown.line('Limits'), /not permitted: needs the user that the task runs as/);
    assert.equal(shown.json['limits'], null);
  });
});
