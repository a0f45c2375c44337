/**
 * blessed 0.1.81, tamed: the screen that the widgets of blessed-contrib draw on. Nothing of it is ever shown: their drawings
 * are taken and painted as cells, and blessed is kept away from what it does badly: terminal descriptions on disk, keys,
 * signals, entering, leaving and writing. It sees a made-up input that never says anything and a made-up output.
 */
import { EventEmitter } from 'node:events';
import blessed from 'blessed';
import type { Program, Screen } from 'blessed';

/** What blessed takes for its terminal. */
class Paper extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly columns = 1;
  readonly rows = 1;

  write(): boolean {
    return true;
  }
}

/** @returns a screen for widgets that are never rendered. */
export function openWidgets(): Screen {
  const screen = blessed.screen({ program: openProgram(), fullUnicode: false, autoPadding: false });
  disarmBlessed();
  return screen;
}

/**
 * Runs `open` with blessed compiling no capability of the terminal: it makes a function of each of some 200 by `new Function`,
 * which takes longer than all the rest of the start.
 */
function withoutCapabilities<T>(open: () => T): T {
  const { prototype } = blessed.Tput;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back below
  const compile = prototype._compile;
  prototype._compile = () => () => '';
  try {
    return open();
  } finally {
    prototype._compile = compile;
  }
}

function openProgram(): Program {
  blessed.Tput.ipaths.length = 0; // no look-up on disk: blessed falls back to the description it ships
  const tmux = process.env['TMUX'];
  delete process.env['TMUX']; // else the constructor runs `tmux -V` and waits for it
  const program = withoutCapabilities(() =>
    blessed.program({
      ...{ input: new EventEmitter(), output: new Paper(), terminal: 'xterm' },
      ...{ tput: true, buffer: true, zero: true, forceUnicode: true },
    }),
  );
  if (tmux !== undefined) process.env['TMUX'] = tmux;
  program._flush = () => undefined; // what it says to nobody need not be kept for later
  return program;
}

/** Takes blessed's own listeners away: they exit with status 0 on SIGTERM and write into a terminal that was left. */
function disarmBlessed(): void {
  const { Screen, Program } = blessed;
  const listeners = [
    ['uncaughtException', Screen._exceptionHandler],
    ['SIGTERM', Screen._sigtermHandler],
    ['SIGINT', Screen._sigintHandler],
    ['SIGQUIT', Screen._sigquitHandler],
    ['exit', Screen._exitHandler],
    ['exit', Program._exitHandler],
  ] as const;
  for (const [event, listener] of listeners) if (listener) process.removeListener(event, listener);
}
