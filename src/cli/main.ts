/** Entry of the program. What a call does not need is not loaded: `--once` never sees the terminal code. */
import fs from 'node:fs';
import { exactText } from '../decode/bytes.ts';
import { asciiText } from '../units/text.ts';
import { helpText, type Options, parseOptions, UsageError } from './options.ts';
import { complain, writeAll } from './output.ts';

declare const __TASKSCOPE_VERSION__: string;
declare const __TASKSCOPE_COMMIT__: string;

function show(result: { readonly text: string } | { readonly error: string }): void {
  if ('error' in result) throw new UsageError(result.error);
  writeAll(1, result.text);
}

async function decode({ words, kernel, format, ascii }: Options): Promise<void> {
  const { decodeInput } = await import('./decode.ts');
  // a comm may hold bytes that are no UTF-8
  const input = words.length > 0 ? words.join(' ') : exactText(fs.readFileSync(0));
  const result = decodeInput(input, kernel, format === 'json', name => words.length === 1 && fs.existsSync(name));
  show('text' in result && ascii && format !== 'json' ? { text: asciiText(result.text) } : result);
}

async function run(options: Options): Promise<void> {
  const { command, config, theme, keys } = options;
  // the monitor looks for itself, as it reads the file anyway
  if (!['help', 'version', 'monitor'].includes(command) && [config, theme, keys].some(given => given !== undefined))
    await (await import('./settings.ts')).checkSettings(options);
  switch (options.command) {
    case 'help':
      writeAll(1, helpText());
      return;
    case 'version':
      writeAll(1, `taskscope ${__TASKSCOPE_VERSION__} (${__TASKSCOPE_COMMIT__})\n`);
      return;
    case 'show': {
      const { showPages } = await import('./show.ts');
      await showPages(options);
      return;
    }
    case 'decode':
      await decode(options);
      return;
    case 'fields': {
      const { fieldsText } = await import('./fields.ts');
      show(fieldsText(options.words[0], options.format === 'json'));
      return;
    }
    case 'completion': {
      const { completionScript } = await import('./completion.ts');
      writeAll(1, completionScript(options.words));
      return;
    }
    case 'check': {
      const { check } = await import('./watch.ts');
      await check(options);
      return;
    }
    case 'record': {
      const { record } = await import('./record.ts');
      await record(options);
      return;
    }
    case 'print': {
      if (options.stuck) await (await import('./watch.ts')).printStuck(options);
      else await (await import('./print.ts')).print(options);
      return;
    }
    case 'monitor': {
      (await import('./engine.ts')).tuneEngine();
      const { monitor } = await import('./monitor.ts');
      await monitor(options);
    }
  }
}

async function main(argv: readonly string[]): Promise<void> {
  // 1: something failed; of `check`, which says so with it, that there are findings
  let failed = 1;
  try {
    const options = parseOptions(argv);
    if (options.command === 'check') failed = 2;
    await run(options);
  } catch (error) {
    process.exitCode = error instanceof UsageError ? 2 : failed;
    complain(error instanceof Error ? error.message : String(error));
    if (process.env['TASKSCOPE_DEBUG'] === '1' && error instanceof Error) writeAll(2, `${error.stack ?? ''}\n`);
  }
}

void main(process.argv.slice(2));
