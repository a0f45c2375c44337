/** Compiles the small C programs beside this file: what Node itself cannot play (a zombie, a page fault, a bare fork). */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type BuiltHelper = { readonly path: string } | { readonly skip: string };

/** The project's folder, from wherever the compiled tests lie in it. */
export const projectRoot = ((): string => {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
})();

/** Kept between runs, ignored by git; a disk, where /tmp may be memory. */
export const testCache = join(projectRoot, '.test-cache');

const FLAGS = ['-O1', '-Wall', '-Wno-unused-function', '-pthread'];

function builtPath(name: string, folder: string): string {
  const hash = createHash('sha256').update([process.arch, ...FLAGS].join(' '));
  for (const place of new Set(['helpers', folder])) {
    const sources = join(projectRoot, 'test', place);
    const headers = readdirSync(sources).filter(file => file.endsWith('.h'));
    for (const file of headers.sort()) hash.update(readFileSync(join(sources, file)));
  }
  hash.update(readFileSync(join(projectRoot, 'test', folder, `${name}.c`)));
  return join(testCache, folder, `${name}-${hash.digest('hex').slice(0, 16)}`);
}

/** The compiled test/FOLDER/NAME.c, or why there is none. @throws when the source does not compile */
export function buildHelper(name: string, folder = 'helpers'): BuiltHelper {
  const path = builtPath(name, folder);
  if (existsSync(path)) return { path };
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${path}.${process.pid}`; // test files run at the same time: only a rename is whole
  try {
    execFileSync('cc', [...FLAGS, '-o', mine, join(projectRoot, 'test', folder, `${name}.c`)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { skip: 'no C compiler (cc) here' };
    throw error;
  }
  renameSync(mine, path);
  return { path };
}
