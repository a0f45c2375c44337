/** The package as `npm pack` makes it of what is built. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { root } from '../support/paths.ts';

/** A folder for this file's tests. */
export const folder = mkdtempSync(path.join(tmpdir(), 'taskscope-package-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** For `skip`: npm does not belong to Node everywhere. */
export const noNpm = spawnSync('npm', ['--version']).status === 0 ? false : 'cannot: no npm here';

/** What npm told us as its child is nobody's setting here. */
const withoutNpm = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

/** npm without a network, a cache and anybody's settings. */
export function npm(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(
    'npm',
    [...args, '--offline', '--no-audit', '--no-fund', '--no-update-notifier'],
    {
      cwd: root,
      encoding: 'utf8',
      env: {
        ...withoutNpm(),
        HOME: folder,
        npm_config_cache: path.join(folder, 'empty-cache'),
        npm_config_userconfig: '/dev/null',
      },
    },
  );
  assert.equal(status, 0, stderr);
  // an install script, say, is told of there
  assert.doesNotMatch(stderr, /npm warn/, stderr);
  return stdout;
}

export interface Packed {
  readonly tarball: string;
  /** Bytes of the tarball. */
  readonly size: number;
  readonly files: readonly string[];
}

let packed: Packed | undefined;

/** Packs, the first time that it is asked for. */
export function pack(): Packed {
  if (packed) return packed;
  // without scripts: a build would take the program away from the tests beside this one
  const [entry] = JSON.parse(npm('pack', '--ignore-scripts', '--json', '--pack-destination', folder)) as {
    readonly filename: string;
    readonly size: number;
    readonly files: readonly { readonly path: string }[];
  }[];
  assert.ok(entry);
  packed = {
    tarball: path.join(folder, entry.filename),
    size: entry.size,
    files: entry.files.map(file => file.path).sort(),
  };
  return packed;
}
