/** Where the settings come from: the command line, else the configuration file, else the defaults. */
import { type AppState, initialState } from '../app/state.ts';
import type { ConfigResult, Settings } from '../config/config.ts';
import { configPath } from '../config/config.ts';
import { readConfig, watchConfig } from '../config/watch.ts';
import type { Machine } from '../decode/machine.ts';
import { DEFAULT_COLUMNS, DEFAULT_SORT, fieldIds } from '../fields/registry.ts';
import { KEY_MAPS, type KeyMap } from '../keys/keys.ts';
import { isThemeName, THEME_NAMES, type ThemeName } from '../term/theme.ts';
import { nearest } from '../units/nearest.ts';
import { type Options, UsageError } from './options.ts';
import { columnsOf, sortOf } from './session.ts';

const KNOWN = { columns: fieldIds(), themes: THEME_NAMES, keyMaps: KEY_MAPS };
const DEFAULT_INTERVAL = 2;

function oneOf<T extends string>(option: string, word: string, allowed: readonly T[]): T {
  const found = allowed.find(name => name === word);
  if (found) return found;
  const near = nearest(word, allowed);
  throw new UsageError(
    `unknown ${option} '${word}': ${near ? `did you mean '${near}'? ` : ''}it is one of ${allowed.join(', ')}`,
  );
}

/** The state with the settings of the file, where the command line did not say otherwise. */
function configured(state: AppState, options: Options, settings: Settings, machine: Machine): AppState {
  return {
    ...state,
    intervalSeconds: options.interval ?? settings.interval ?? DEFAULT_INTERVAL,
    columns: columnsOf(options.columns ?? settings.columns ?? DEFAULT_COLUMNS, machine),
    sort: sortOf(options.sort ?? settings.sort ?? [DEFAULT_SORT]),
    map: (options.keys ?? settings.keys ?? 'htop') as KeyMap,
  };
}

const themeOf = (options: Options, settings: Settings): ThemeName => {
  const name = options.theme ?? settings.theme ?? 'default';
  return isThemeName(name) ? name : 'default';
};

function complaint(path: string, result: ConfigResult): AppState['message'] {
  if (result.ok) return undefined;
  const { line, message } = result.error;
  return { text: `${path}${line === null ? '' : `:${line}`}: ${message}`, tone: 'bad' };
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
  const path = options.config ?? configPath(process.env);
  // what is wrong on the command line ends the program here
  const plain = {
    ...configured(initialState(), options, {}, machine),
    threads: options.threads,
    kernelThreads: options.kernelThreads,
  };
  let good: Settings = {};
  /** An error in the file changes nothing: the last good settings, and what keys changed since, stay. */
  const judge = (state: AppState, result: ConfigResult): AppState => {
    if (!result.ok) return { ...state, message: complaint(path, result) };
    try {
      const next = { ...configured(state, options, result.settings, machine), message: undefined };
      good = result.settings;
      return next;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { ...state, message: { text: `${path}: ${error.message}`, tone: 'bad' } };
    }
  };
  const state = judge(plain, await readConfig(path, KNOWN));
  return {
    state,
    theme: themeOf(options, good),
    follow(changed) {
      watchConfig(path, KNOWN, result =>
        changed(
          now => judge(now, result),
          () => themeOf(options, good),
        ),
      );
    },
  };
}
