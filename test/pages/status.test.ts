import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { statusPage } from '../../src/pages/status.ts';
import { rawBytes } from '../support/stat-line.ts';
import { built, type Built, type Parts, type Record_, statusText } from './built.ts';

const page = (parts: Parts): Built => built(statusPage, parts);
const key = ({ rows }: Built, name: string, table = 'keys'): Record_ => rows(table).find(row => row['key'] === name)!;

describe('the keys of status', () => {
  const shown = page({
    stat: { vsize: 5443584 },
    files: {
      status: statusText({
        SigCgt: '0000000043817efb',
        CapEff: '000001fffeffffff',
        Seccomp: '2',
        Uid: '0\t0\t0\t0',
        Groups: '4 20 24 27 30 46 115 116 117',
        Mems_allowed: '00000000,00000000,00000003',
        NewKey: 'news',
      }),
    },
  });
  test('in the order of the file, with value and decoded value', () => {
    assert.deepEqual(
      shown
        .rows('keys')
        .slice(0, 4)
        .map(row => row['key']),
      ['Name', 'Umask', 'State', 'Tgid'],
    );
    assert.deepEqual([key(shown, 'VmSize')['value'], key(shown, 'VmSize')['decoded']], ['5316 kB', 5443584]);
    assert.deepEqual(key(shown, 'Uid')['decoded'], [0, 0, 0, 0]);
    assert.equal(key(shown, 'State')['decoded'], 'sleeping');
    assert.equal((key(shown, 'SigCgt')['decoded'] as string[]).length, 18);
    assert.equal((key(shown, 'SigCgt')['decoded'] as string[])[0], 'SIGHUP');
    assert.equal((key(shown, 'CapEff')['decoded'] as string[]).length, 40);
    assert.equal(key(shown, 'Seccomp')['decoded'], 'filter');
    assert.equal(key(shown, 'NoNewPrivs')['decoded'], false);
    assert.match(shown.line('CapEff'), /all but CAP_SYS_RESOURCE/);
    assert.match(shown.line('VmSize'), /5316 kB +5,443,584 bytes +virtual size/);
    assert.match(shown.line('Umask'), /new files 644, folders 755/);
  });
  test('what is too long for its column stands before the meaning', () => {
    assert.match(shown.line('SigCgt'), /18 names +SIGHUP SIGINT SIGILL .*; caught/);
    assert.match(shown.line('Groups'), /4 20 24 27 30 46 11… +4 20 24 27 30 46 115 116 117; /);
    assert.match(shown.line('Mems_allowed '), /…00000003 /);
    assert.equal(key(shown, 'Mems_allowed')['value'], '00000000,00000000,00000003');
  });
  test('an unknown key is shown, and said to be unknown', () => {
    assert.deepEqual([key(shown, 'NewKey')['value'], key(shown, 'NewKey')['decoded']], ['news', null]);
    assert.match(shown.line('NewKey'), /not known to this table/);
  });
  test('keys that the kernel knows and the file lacks, with the reason', () => {
    assert.match(
      key(shown, 'x86_Thread_features', 'absent')['why'] as string,
      /CONFIG_X86_USER_SHADOW_STACK \(x86_64\)/,
    );
    assert.equal(key(shown, 'VmPMD', 'absent'), undefined, 'gone since 4.15: nobody expects it');
    const thread = page({
      stat: { flags: 0x200000, vsize: 0 },
      files: { status: 'Name:\tksmd\nState:\tS (sleeping)\n' },
    });
    assert.match(key(thread, 'VmRSS', 'absent')['why'] as string, /no address space/);
    assert.equal(key(thread, 'VmPMD', 'absent'), undefined);
    const zombie = page({ stat: { state: 'Z', vsize: 0 }, files: { status: 'Name:\ta\nState:\tZ (zombie)\n' } });
    assert.equal(key(zombie, 'Umask', 'absent')['why'], 'a zombie has none');
    const old = page({ machine: { releaseText: '3.2.0' }, files: { status: 'Name:\ta\n' } });
    assert.equal(key(old, 'Seccomp', 'absent'), undefined, 'since 3.8');
  });
  test('any bytes in the name: exact in JSON', () => {
    const hostile = page({ files: { status: rawBytes('Name:\t\xff\x1b[2J\n') } });
    assert.equal(key(hostile, 'Name')['value'], '\udcff\x1b[2J');
    assert.doesNotMatch(hostile.text, /\x1b/);
  });
  test('without the file', () => {
    assert.equal(page({}).json['keys'], null);
    assert.match(page({ files: { status: { missing: 'gone' } } }).line('Status'), /the task is gone/);
  });
});
