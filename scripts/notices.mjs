/** What others wrote of the bundle, and under which licence: out of esbuild's list of the files that are in it. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const read = file => readFile(path.join(root, file), 'utf8');

/** Letters and digits alone: how a text is compared with the same one wrapped or commented out. */
const plain = text => text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

/** Comments of a source file that name another holder of rights than the licence of its package does. */
function foreignNotices(source, licence) {
  const comments = source.match(/\/\*[\s\S]*?\*\/|(?:^[ \t]*\/\/.*\n)+/gm) ?? [];
  return comments
    .filter(comment =>
      (comment.match(/copyright .*(\d{4}|<http).*/gi) ?? []).some(
        line => !plain(licence).includes(plain(line.replace(/\(MIT License\).*/, ''))),
      ),
    )
    .map(comment => comment.replace(/^[ \t]*(\/\*+!?|\*\/|\*|\/\/)?[ \t]?/gm, '').trim());
}

/** Who gave no file with a licence, but says that it is MIT's. */
async function standardText(author) {
  const own = await read('LICENSE');
  return `Copyright (c) ${author}\n\n${own.slice(own.indexOf('Permission is hereby')).trim()}`;
}

/**
 * The packages that files of a bundle are of, in alphabetical order.
 * @param inputs paths below the project
 * @returns {Promise<{name: string, version: string, license: string, text: string}[]>}
 */
export async function bundledPackages(inputs) {
  const files = new Map();
  for (const input of inputs) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (name) files.set(name, [...(files.get(name) ?? []), input]);
  }
  const packages = [];
  for (const name of [...files.keys()].sort()) {
    const folder = `node_modules/${name}`;
    const { version, license: id, licenses, author } = JSON.parse(await read(`${folder}/package.json`));
    const license = id ?? licenses[0].type;
    const file = (await readdir(path.join(root, folder))).sort().find(entry => /^(licen[cs]e|copying)/i.test(entry));
    if (!file && license !== 'MIT') throw new Error(`${name} (${license}) has no licence text`);
    const own = file ? await read(`${folder}/${file}`) : await standardText(author.name ?? author);
    const foreign = new Set();
    for (const source of files.get(name))
      for (const notice of foreignNotices(await read(source), own)) foreign.add(notice);
    packages.push({ name, version, license, text: [own.trim(), ...foreign].join('\n\n') });
  }
  return packages;
}

/** The licences as one text. */
export const noticesText = packages =>
  packages.map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`).join('\n');
