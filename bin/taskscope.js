#!/usr/bin/env node
// CommonJS, as package.json beside it says: the loader of modules would cost a fifth of the start.
// In the words of the oldest Node: each has to understand this file, to say that it is too old.
var fs = require('fs');
var path = require('path');

// as in package.json
var NEEDED = [20, 11];
var bundle = path.join(__dirname, '..', 'dist', 'taskscope.cjs');
var running = process.versions.node.split('.').map(Number);

function fail(sentence) {
  process.stderr.write('taskscope: ' + sentence + '\n');
  process.exitCode = 1;
}

if (running[0] < NEEDED[0] || (running[0] === NEEDED[0] && running[1] < NEEDED[1]))
  fail('Node ' + process.versions.node + ' is too old: run it with Node ' + NEEDED.join('.') + ' or newer');
else if (!fs.existsSync(bundle)) fail("not built yet: run 'npm run build' in its folder");
else require(bundle);
