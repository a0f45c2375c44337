import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { saveSettings } from '../../src/config/save.ts';

const root = mkdtempSync(path.join(tmpdir(), 'save-'));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

/** A fresh folder. */
function folder(): string {
  const name = path.join(root, String(folders++));
  mkdirSync(name);
  return name;
}

const INTERVAL = [{ path: ['interval'], value: 3 }];
const modeOf = (file: string): number => statSync(file).mode & 0o777;
const isRoot = process.geteuid?.() === 0;

describe('settings are written', () => {
  it('into a file and folders that were not there, for nobody else to read', async () => {
    const before = process.umask(0o002);
    try {
      const top = path.join(folder(), 'home');
      const file = path.join(top, '.config/taskscope/config.toml');
      assert.deepEqual(await saveSettings(file, undefined, INTERVAL), { text: 'interval = 3\n' });
      assert.equal(readFileSync(file, 'utf8'), 'interval = 3\n');
      assert.equal(modeOf(file), 0o600);
      for (const made of ['', '.config', '.config/taskscope']) assert.equal(modeOf(path.join(top, made)), 0o700);
    } finally {
      process.umask(before);
    }
  });

  it('into one that is there: its mode stays, and no other file is left', async () => {
    const at = folder();
    const file = path.join(at, 'config.toml');
    writeFileSync(file, '# mine\ninterval = 1 # s\n');
    chmodSync(file, 0o640);
    const { ino } = statSync(file);
    await saveSettings(file, '# mine\ninterval = 1 # s\n', INTERVAL);
    assert.equal(readFileSync(file, 'utf8'), '# mine\ninterval = 3 # s\n');
    assert.equal(modeOf(file), 0o640);
    assert.notEqual(statSync(file).ino, ino, 'another file took its place: who reads sees the one or the other');
    assert.deepEqual(readdirSync(at), ['config.toml']);
  });

  it('behind a link, which stays one', async () => {
    const [at, behind] = [folder(), folder()];
    const file = path.join(at, 'config.toml');
    writeFileSync(path.join(behind, 'real.toml'), 'interval = 1');
    symlinkSync(path.join('..', path.basename(behind), 'real.toml'), file);
    await saveSettings(file, 'interval = 1', INTERVAL);
    assert.ok(lstatSync(file).isSymbolicLink());
    assert.equal(readFileSync(path.join(behind, 'real.toml'), 'utf8'), 'interval = 3');
    assert.deepEqual(readdirSync(behind), ['real.toml']);
  });
});

describe('nothing is written, and nothing is left behind', () => {
  const refused = async (file: string, text: string | undefined): Promise<string> => {
    const result = await saveSettings(file, text, INTERVAL);
    assert.ok('error' in result);
    return result.error;
  };

  it('when the file has changed since it was read', async () => {
    const at = folder();
    const file = path.join(at, 'config.toml');
    writeFileSync(file, 'theme = "dark"\n');
    assert.match(await refused(file, 'theme = "mono"\n'), /changed meanwhile/);
    assert.match(await refused(file, undefined), /changed meanwhile/, 'there was none');
    assert.equal(readFileSync(file, 'utf8'), 'theme = "dark"\n');
    rmSync(file);
    assert.match(await refused(file, 'theme = "dark"\n'), /changed meanwhile/, 'there is none any more');
    assert.deepEqual(readdirSync(at), []);
  });

  it('when it is no ordinary file, or a link to nothing', async () => {
    const at = folder();
    symlinkSync('nowhere', path.join(at, 'link'));
    assert.match(await refused(path.join(at, 'link'), undefined), /link to a file that is not there/);
    assert.match(await refused('/dev/null', ''), /no ordinary file/);
    assert.match(await refused(at, ''), /no ordinary file/);
    assert.deepEqual(readdirSync(at), ['link']);
  });

  it('when it may not be written', { skip: isRoot && 'cannot be refused: root may write everything' }, async () => {
    const at = folder();
    const file = path.join(at, 'config.toml');
    writeFileSync(file, 'interval = 1\n');
    chmodSync(file, 0o444);
    assert.match(await refused(file, 'interval = 1\n'), /EACCES.*rights/);
    chmodSync(file, 0o644);
    chmodSync(at, 0o555);
    assert.match(await refused(file, 'interval = 1\n'), /EACCES.*rights/);
    chmodSync(at, 0o755);
    assert.deepEqual(readdirSync(at), ['config.toml']);
  });

  it('where no folder can be made', async () => {
    const file = path.join(folder(), 'file');
    writeFileSync(file, '');
    assert.match(await refused(path.join(file, 'taskscope/config.toml'), undefined), /ENOTDIR|EEXIST/);
    assert.ok(existsSync(file));
  });

  it('when the file is no TOML', async () => {
    const file = path.join(folder(), 'config.toml');
    writeFileSync(file, 'interval = = 1');
    assert.match(await refused(file, 'interval = = 1'), /no TOML/);
    assert.equal(readFileSync(file, 'utf8'), 'interval = = 1');
  });
});
