/** Where the settings come from: the command line, else the configuration file, else the defaults. */
import path from 'node:path';
import { type AppState, initialState } from '../app/state.ts';
import type { ConfigResult, Settings } from '../config/config.ts';
import { configPath } from '../config/config.ts';
import { readConfig, watchConfig } from '../config/watch.ts';
import type { Machine } from '../decode/machine.ts';
import { DEFAULT_COLUMNS, DEFAULT_SORT, fieldIds } from '../fields/registry.ts';
import { KEY_MAPS, type KeyMap } from '../keys/keys.ts';
import { isThemeName, THEME_NAMES, type ThemeName } from '../term/theme.ts';
import { oneOf, type Options, UsageError } from './options.ts';
import { columnsOf, sortOf } from './session.ts';

const KNOWN = { columns: fieldIds(), themes: THEME_NAMES, keyMaps: KEY_MAPS };
const DEFAULT_INTERVAL = 2;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * The state with the settings of the file, where the command line did not say otherwise.
 * @param before the settings that the state has already: only what differs is applied, so that an edit of one setting does
 *   not undo what keys changed in others.
 */
function configured(
  state: AppState,
  options: Options,
  settings: Settings,
  before: Settings | undefined,
  machine: Machine,
): AppState {
  const changed = (key: keyof Settings): boolean => before === undefined || !same(settings[key], before[key]);
  return {
    ...state,
    ...(changed('interval') ? { intervalSeconds: options.interval ?? settings.interval ?? DEFAULT_INTERVAL } : {}),
    ...(changed('columns')
      ? { columns: columnsOf(options.columns ?? settings.columns ?? DEFAULT_COLUMNS, machine) }
      : {}),
    ...(changed('sort') ? { sort: sortOf(options.sort ?? settings.sort ?? [DEFAULT_SORT]) } : {}),
    ...(changed('keys') ? { map: (options.keys ?? settings.keys ?? 'htop') as KeyMap } : {}),
  };
}

const themeOf = (options: Options, settings: Settings): ThemeName => {
  const name = options.theme ?? settings.theme ?? 'default';
  return isThemeName(name) ? name : 'default';
};

function complaint(file: string, result: ConfigResult): AppState['message'] {
  if (result.ok) return undefined;
  const { line, message } = result.error;
  return { text: `${path.basename(file)}${line === null ? '' : `:${line}`}: ${message}`, tone: 'bad' };
}

export interface StartedSettings {
  readonly state: AppState;
  readonly theme: ThemeName;
  /** Calls back whenever the file changes: how the state changes by it, and the theme. */
  follow(changed: (change: (state: AppState) => AppState, theme: () => ThemeName) => void): void;
}

/** Reads the configuration. An error in it does not stop the program: it is shown, and the defaults stand. @throws UsageError */
export async function startSettings(options: Options, machine: Machine): Promise<StartedSettings> {
  if (options.keys !== undefined) oneOf('key map', options.keys, KEY_MAPS);
  if (options.theme !== undefined) oneOf('theme', options.theme, THEME_NAMES);
  const file = options.config ?? configPath(process.env);
  // what is wrong on the command line ends the program here
  const plain = {
    ...configured(initialState(), options, {}, undefined, machine),
    threads: options.threads,
    kernelThreads: options.kernelThreads,
  };
  let good: Settings = {};
  /** An error in the file changes nothing: the last good settings, and what keys changed since, stay. */
  const judge = (state: AppState, result: ConfigResult): AppState => {
    if (!result.ok) return { ...state, message: complaint(file, result) };
    try {
      const next = { ...configured(state, options, result.settings, good, machine), message: undefined };
      good = result.settings;
      return next;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { ...state, message: { text: `${path.basename(file)}: ${error.message}`, tone: 'bad' } };
    }
  };
  const first = await readConfig(file, KNOWN);
  if (options.config !== undefined && first.ok && 'absent' in first) {
    throw new UsageError(`there is no configuration at ${file}: name a file that is there`);
  }
  const state = judge(plain, first);
  return {
    state,
    theme: themeOf(options, good),
    follow(changed) {
      watchConfig(file, KNOWN, result =>
        changed(
          now => judge(now, result),
          () => themeOf(options, good),
        ),
      );
    },
  };
}
