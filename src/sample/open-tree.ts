/** `--proc PATH`: what lies there – a procfs, a copy of one, several instants, or an archive of either. */
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseTar } from 'nanotar';
import { decodeSystemStat, decodeUptime } from '../decode/system-files.ts';
import { DirectoryTree, errnoOf, InstantTree, MemoryTree, pidOf, type Tree } from './tree.ts';

/** No archive of a /proc comes near it: what a small file may unpack to is bounded. */
const MOST_BYTES = 1 << 30;

type Opened = { readonly tree: Tree } | { readonly error: string };

const LOOKS_LIKE =
  'it has to be a /proc tree, a folder with several instants (*/proc/), a .tar.gz of either, or a recording';

function captureTime(read: (name: string) => Uint8Array | undefined): { uptimeMs: number; wallMs: number } {
  const uptime = decodeUptime(read('uptime') ?? new Uint8Array()) ?? Number.NaN;
  const boot = decodeSystemStat(read('stat') ?? new Uint8Array())?.bootTime ?? Number.NaN;
  return { uptimeMs: uptime * 1000, wallMs: (boot + uptime) * 1000 };
}

const readOr = (file: string): Uint8Array | undefined => {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
};

const isProcfs = (folder: string): boolean => {
  try {
    const names = fs.readdirSync(folder);
    return names.some(name => pidOf(name) > 0 && fs.existsSync(path.join(folder, name, 'stat')));
  } catch {
    return false;
  }
};

const PROC_SUPER_MAGIC = 0x9fa0;

function directory(folder: string): Tree {
  // a procfs that is mounted elsewhere moves by itself, a copy does not
  const mounted = fs.statfsSync(folder).type === PROC_SUPER_MAGIC;
  return new DirectoryTree(folder, false, mounted ? undefined : captureTime(name => readOr(path.join(folder, name))));
}

function fromFolder(folder: string): Opened {
  if (isProcfs(folder)) return { tree: directory(folder) };
  const inner = path.join(folder, 'proc');
  if (isProcfs(inner)) return { tree: directory(inner) };
  const instants = fs
    .readdirSync(folder)
    .sort()
    .map(name => path.join(folder, name, 'proc'))
    .filter(isProcfs);
  if (instants.length === 0) return { error: `no tasks found under ${folder}: ${LOOKS_LIKE}` };
  return { tree: new InstantTree(instants.map(directory)) };
}

/** The procfs roots in an archive: every folder that holds a numbered folder with a stat file. */
function fromArchive(file: string): Opened {
  let entries: { readonly name: string; readonly data?: Uint8Array | undefined }[];
  try {
    const bytes = fs.readFileSync(file);
    entries = parseTar(
      bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes,
    );
  } catch (error) {
    return { error: `cannot read ${file} as an archive (${errnoOf(error) || 'damaged'}): ${LOOKS_LIKE}` };
  }
  const roots = new Map<string, Map<string, Uint8Array>>();
  const files = entries.flatMap(({ name, data }) => (data ? [{ name: name.replace(/^\.\//, ''), data }] : []));
  for (const { name } of files) {
    const match = /^((?:.*\/)?)\d+\/stat$/.exec(name);
    if (match && !/\/task\/$/.test(match[1]!)) roots.set(match[1]!, new Map());
  }
  for (const { name, data } of files) {
    for (const [root, content] of roots) {
      if (name.startsWith(root)) content.set(name.slice(root.length), data);
    }
  }
  const trees = [...roots.keys()].sort().map(root => {
    const content = roots.get(root)!;
    return new MemoryTree(
      content,
      captureTime(name => content.get(name)),
    );
  });
  return trees.length === 0 ? { error: `no tasks found in ${file}: ${LOOKS_LIKE}` } : { tree: new InstantTree(trees) };
}

/** Opens what `--proc` names. Errors are sentences for the user. */
export function openTree(place: string): Opened {
  if (place === '/proc') return { tree: new DirectoryTree('/proc', true) };
  try {
    const stat = fs.statSync(place);
    if (stat.isDirectory()) return fromFolder(place);
    // a FIFO would be waited for, a device may have no end
    return stat.isFile() ? fromArchive(place) : { error: `cannot read ${place}, which is no file: ${LOOKS_LIKE}` };
  } catch (error) {
    return { error: `cannot read ${place} (${errnoOf(error)}): ${LOOKS_LIKE}` };
  }
}
