/** What has to be undone, whatever ends the run: only processes of our own, by their ids, and a folder of our own. */
import { constants } from 'node:os';

const undoings = new Set();

/** @returns does it now, once. */
export function atEnd(undo) {
  const once = () => {
    if (undoings.delete(once)) undo();
  };
  undoings.add(once);
  return once;
}

function undoAll() {
  for (const undo of [...undoings].reverse()) {
    try {
      undo();
    } catch (error) {
      process.stderr.write(`bench: ${error.message}\n`);
    }
  }
}

process.on('exit', undoAll);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => {
    process.stderr.write(`bench: ${name}, cleaning up\n`);
    process.exit(128 + constants.signals[name]);
  });

/** Kills a child that was started here, if it has not been waited for. */
export function killAtEnd(child) {
  const undo = atEnd(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  });
  child.once('exit', undo);
  return child;
}
