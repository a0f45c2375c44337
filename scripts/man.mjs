// Writes the manual page. A test compares it with what is checked in.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { manPage } from '../build/src/cli/man.js';

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
await mkdir(new URL('../man', import.meta.url), { recursive: true });
await writeFile(new URL('../man/taskscope.1', import.meta.url), manPage(version));
