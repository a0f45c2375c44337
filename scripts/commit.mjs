/** Which commit this is. */
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = realpathSync(fileURLToPath(new URL('..', import.meta.url)));

/** Twelve digits, with `-dirty` where files differ from it; `unknown` without git, or within somebody else's repository. */
export function commit() {
  const git = (...args) =>
    execFileSync('git', ['--no-optional-locks', '-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    if (realpathSync(git('rev-parse', '--show-toplevel')) !== root) return 'unknown';
    return git('describe', '--always', '--dirty', '--abbrev=12', '--exclude=*');
  } catch {
    return 'unknown';
  }
}
