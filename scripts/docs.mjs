// Writes the pages of docs/ that are made out of the program. A test compares them with what is checked in.
import { mkdir, writeFile } from 'node:fs/promises';
import prettier from 'prettier';
import { fieldsMarkdown } from '../build/src/cli/fields.js';
import { flagsMarkdown } from '../build/src/cli/flags-page.js';
import { keysMarkdown } from '../build/src/cli/keys-page.js';
import { eventsSchema, findingsSchema, snapshotSchema, systemSchema, taskSchema } from '../build/src/out/schema.js';

await writeFile(new URL('../docs/fields.md', import.meta.url), fieldsMarkdown());
for (const [name, text] of Object.entries({ keys: keysMarkdown(), flags: flagsMarkdown() })) {
  const file = new URL(`../docs/${name}.md`, import.meta.url);
  const style = await prettier.resolveConfig(file);
  await writeFile(file, await prettier.format(text, { ...style, parser: 'markdown' }));
}
await mkdir(new URL('../docs/schema', import.meta.url), { recursive: true });
const schemas = {
  snapshot: snapshotSchema(),
  task: taskSchema(),
  system: systemSchema(),
  findings: findingsSchema(),
  events: eventsSchema(),
};
for (const [name, schema] of Object.entries(schemas))
  await writeFile(
    new URL(`../docs/schema/${name}-1.json`, import.meta.url),
    JSON.stringify(schema, undefined, 2) + '\n',
  );

// the pages as they look, for a test that compares and a reader who judges
const golden = await import('../build/test/support/golden.js');
await mkdir(new URL('../test/fixtures/golden', import.meta.url), { recursive: true });
for (const [columns, lines] of golden.GOLDEN_SIZES)
  await writeFile(golden.goldenFile(columns, lines), golden.pageScreens(columns, lines));

// the main views as a terminal shows them
const screens = await import('../build/test/support/screens.js');
await mkdir(new URL('../test/fixtures/golden/screens', import.meta.url), { recursive: true });
for (const [columns, lines] of screens.SCREEN_SIZES) {
  const looks = await screens.allLooks(columns, lines);
  await writeFile(screens.screensFile(columns, lines), screens.screensText(looks));
}
