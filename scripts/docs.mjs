// Writes the pages of docs/ that are made out of the program: docs/fields.md. A test compares them with what is checked in.
import { writeFile } from 'node:fs/promises';
import { fieldsMarkdown } from '../build/src/cli/fields.js';

await writeFile(new URL('../docs/fields.md', import.meta.url), fieldsMarkdown());
