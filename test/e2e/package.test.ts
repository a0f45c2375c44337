/** What is shipped: whole, small, alone, and with the licences of what is in it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parseOptions } from '../../src/cli/options.ts';
import { root } from '../support/paths.ts';
import { folder, noNpm, npm, pack } from './packed.ts';
import { CAPTURE, ENV, NODE } from './program.ts';

interface Manifest {
  readonly version: string;
  readonly [key: string]: unknown;
}
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest;
const dist = (file: string): string => readFileSync(`${root}dist/${file}`, 'utf8');

describe('npm pack', { skip: noNpm }, () => {
  test('has all that a user needs, and nothing of the workshop', () => {
    const { files } = pack();
    const needed = [
      'LICENSE',
      'README.md',
      'package.json',
      'bin/package.json',
      'bin/taskscope.js',
      'contrib/taskscope-record.service',
      'dist/THIRD-PARTY-NOTICES',
      'dist/completions/_taskscope',
      'dist/completions/taskscope',
      'dist/completions/taskscope.fish',
      'dist/sbom.cdx.json',
      'dist/taskscope.cjs',
      'man/taskscope.1',
    ];
    for (const file of needed) assert.ok(files.includes(file), file);
    const others = files.filter(file => !needed.includes(file));
    for (const file of others) assert.match(file, /^dist\/part-\w+\.cjs$|^CHANGELOG\.md$/);
  });

  test('is below 1 MB', () => {
    assert.ok(pack().size < 1_000_000, String(pack().size));
  });

  test('needs no other package', () => {
    for (const group of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies'])
      assert.equal(manifest[group], undefined, group);
  });

  test(
    'is what publint wants',
    { skip: !existsSync(`${root}node_modules/publint`) && 'cannot: no publint here' },
    () => {
      const args = [`${root}node_modules/publint/src/cli.js`, 'run', '--strict', pack().tarball];
      const { status, stdout, stderr } = spawnSync(NODE, args, { encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
      assert.match(stdout, /All good!/);
    },
  );

  test('installs without a network and with an empty cache; the command and its manual are there', () => {
    const prefix = path.join(folder, 'prefix');
    assert.match(npm('install', '--global', '--prefix', prefix, pack().tarball), /^\s*added 1 package in \S+\s*$/);
    const command = path.join(prefix, 'bin', 'taskscope');
    const run = (...args: string[]): string => {
      const env = { ...process.env, ...ENV, NODE_PATH: '', PATH: `${path.dirname(NODE)}:${process.env['PATH'] ?? ''}` };
      const { status, stdout, stderr } = spawnSync(command, args, { cwd: '/', encoding: 'utf8', env });
      assert.equal(status, 0, stderr);
      return stdout;
    };
    assert.ok(realpathSync(command).startsWith(realpathSync(prefix)), 'it is a copy, not a link to this folder');
    assert.ok(run('--version').startsWith(`taskscope ${manifest.version} (`));
    const { tasks } = JSON.parse(run('--once', '--json', '--proc', CAPTURE, '-c', 'pid')) as {
      readonly tasks: object[];
    };
    assert.equal(tasks.length, 17);
    assert.match(run('--once', '-d', '0.1', '-p', String(process.pid)), new RegExp(`^ *${process.pid} `, 'm'));
    assert.match(readFileSync(path.join(prefix, 'share/man/man1/taskscope.1'), 'utf8'), /^\.TH TASKSCOPE 1 /m);
  });
});

describe('what others wrote of it', () => {
  const { inputs } = JSON.parse(dist('meta.json')) as { readonly inputs: Readonly<Record<string, unknown>> };
  const names = [...new Set(Object.keys(inputs).map(input => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1]))]
    .filter(name => name !== undefined)
    .sort();

  test('each bundled package stands in the notices with version, holder and licence', () => {
    const text = dist('THIRD-PARTY-NOTICES');
    assert.ok(names.includes('blessed') && names.includes('smol-toml'), names.join(' '));
    const heads = names.map(name => {
      const { version } = JSON.parse(readFileSync(`${root}node_modules/${name}/package.json`, 'utf8')) as Manifest;
      return `\n\n${name} ${version} (`;
    });
    for (const [at, head] of heads.entries()) {
      const start = text.indexOf(head);
      assert.ok(start >= 0, head);
      const next = heads[at + 1];
      const part = text.slice(start, next === undefined ? undefined : text.indexOf(next));
      assert.match(part, /copyright .*\p{L}/iu, head);
      assert.match(part, /Permission is hereby granted|Redistribution and use in source and binary forms/, head);
      assert.match(part, /["“]AS IS["”]/, head);
    }
    // whose code is in files of packages of others
    for (const holder of ['Joyent, Inc.', 'Masaki Komagata', 'Mathias Bynens', 'Vangie Du', 'Free Software Foundation'])
      assert.ok(text.includes(holder), holder);
  });

  test('the list of components has the same packages', () => {
    const { components } = JSON.parse(dist('sbom.cdx.json')) as {
      readonly components: readonly { readonly name: string; readonly purl: string }[];
    };
    assert.deepEqual(components.map(({ name }) => name).sort(), names);
    for (const { purl } of components) assert.match(purl, /^pkg:npm\/(%40[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+/);
  });
});

test('the version tells its commit', () => {
  const { stdout } = spawnSync(NODE, [`${root}bin/taskscope.js`, '--version'], { encoding: 'utf8' });
  const [, told] = /^taskscope \S+ \((\w+)(?:-dirty)?\)\n$/.exec(stdout) ?? [];
  assert.ok(told !== undefined, stdout);
  if (told === 'unknown') return;
  // whoever owns the files
  const args = ['-c', 'safe.directory=*', '-C', root, 'cat-file', '-t', told];
  const known = spawnSync('git', args, { encoding: 'utf8' });
  assert.equal(known.stdout, 'commit\n', known.stderr);
});

describe('the unit of systemd', () => {
  const file = `${root}contrib/taskscope-record.service`;
  const unit = readFileSync(file, 'utf8');

  test('calls record as it is', () => {
    const [, line = ''] = /^ExecStart=taskscope (.*)$/m.exec(unit) ?? [];
    const options = parseOptions(line.split(' '));
    assert.equal(options.command, 'record');
    assert.deepEqual(options.words, ['/var/log/taskscope/%b.tsr']);
    assert.equal(options.maxSize, 64 << 20);
  });

  const missing = spawnSync('systemd-analyze', ['--version']).error !== undefined;
  test('is sound', { skip: missing && 'cannot: no systemd here' }, () => {
    const copy = path.join(folder, 'taskscope-record.service');
    writeFileSync(copy, unit.replace('ExecStart=taskscope', `ExecStart=${NODE}`));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', copy], { encoding: 'utf8' });
    // other units of the machine are not ours
    const ours = (stdout + stderr).split('\n').filter(line => line.includes('taskscope-record'));
    assert.deepEqual(ours, []);
    assert.equal(status, 0, stderr);
  });
});
