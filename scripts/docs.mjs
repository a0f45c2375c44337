// Writes the pages of docs/ that are made out of the program. A test compares them with what is checked in.
import { mkdir, writeFile } from 'node:fs/promises';
import { fieldsMarkdown } from '../build/src/cli/fields.js';
import { snapshotSchema } from '../build/src/out/schema.js';

await writeFile(new URL('../docs/fields.md', import.meta.url), fieldsMarkdown());
await mkdir(new URL('../docs/schema', import.meta.url), { recursive: true });
await writeFile(
  new URL('../docs/schema/snapshot-1.json', import.meta.url),
  JSON.stringify(snapshotSchema(), undefined, 2) + '\n',
);
