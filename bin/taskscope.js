#!/usr/bin/env node
// CommonJS, as package.json beside it says: the loader of modules would cost a fifth of the start
const { existsSync } = require('node:fs');
const path = require('node:path');

const bundle = path.join(__dirname, '..', 'dist', 'taskscope.cjs');
if (existsSync(bundle)) require(bundle);
else {
  process.stderr.write("taskscope: not built yet: run 'npm run build' in its folder\n");
  process.exitCode = 1;
}
