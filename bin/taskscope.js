#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const bundle = fileURLToPath(new URL('../dist/taskscope.cjs', import.meta.url));
if (existsSync(bundle)) createRequire(import.meta.url)(bundle);
else {
  process.stderr.write("taskscope: not built yet: run 'npm run build' in its folder\n");
  process.exitCode = 1;
}
