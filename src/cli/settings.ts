/** The configuration file of the monitor: read at the start, followed while it runs, written when that is asked for. */
import path from 'node:path';
import { type AppState, initialState } from '../app/state.ts';
import { shadowed } from '../config/bindings.ts';
import { type ConfigResult, configPath, type Known, type Settings } from '../config/config.ts';
import { readConfig, watchConfig } from '../config/watch.ts';
import type { Machine } from '../decode/machine.ts';
import { fieldIds } from '../fields/registry.ts';
import { KEY_MAPS } from '../keys/keys.ts';
import { type Theme, THEME_NAMES, THEMES, TONES } from '../term/theme.ts';
import { METER_LAYOUTS } from '../view/meters/facts.ts';
import { changesOf } from './changes.ts';
import type { Rule } from '../findings/rule.ts';
import { RULES } from '../findings/rules.ts';
import { configured, filterError, findingError, rulesOf, themesOf } from './configure.ts';
import { oneOf, type Options, parseOptions, UsageError } from './options.ts';

type Message = NonNullable<AppState['message']>;

const KNOWN: Known = {
  columns: fieldIds(),
  themes: THEME_NAMES,
  keyMaps: KEY_MAPS,
  layouts: METER_LAYOUTS,
  tones: TONES,
  // the cursor, the title line and the bars keep their looks to themselves
  highlights: TONES.filter(tone => !['normal', 'selected', 'header', 'bar'].includes(tone)),
  filterError,
  findingError,
};

const fileOf = (options: Options): string => options.config ?? configPath(process.env);

/** The first of several things, and how many more there are. */
const andMore = (text: string, more: number): string => (more > 0 ? `${text} (and ${more} more)` : text);

function complaint(file: string, { error, more }: Extract<ConfigResult, { ok: false }>): string {
  const { line, message } = error;
  return andMore(`${path.basename(file)}${line === null ? '' : `:${line}`}: ${message}`, more);
}

/** The filters that the configuration has names for: `--filter @name`. @throws UsageError */
export async function readFilters(options: Options): Promise<ReadonlyMap<string, string>> {
  const file = fileOf(options);
  const result = await readConfig(file, KNOWN);
  if (!result.ok) throw new UsageError(complaint(file, result));
  return new Map(Object.entries(result.settings.filters ?? {}));
}

/** The rules of findings, the user's own among them; with an error in the file, which is told, the shipped ones. */
export async function readRules(
  options: Options,
): Promise<{ readonly rules: readonly Rule[]; readonly error?: string }> {
  const file = fileOf(options);
  const result = await readConfig(file, KNOWN);
  return result.ok ? { rules: rulesOf(result.settings) } : { rules: RULES, error: complaint(file, result) };
}

/** What the command line says of the settings has to be there, whether or not the command uses it. @throws UsageError */
function checkGiven({ config, keys, theme }: Options, result: ConfigResult): void {
  if (keys !== undefined) oneOf('key map', keys, KEY_MAPS);
  if (config !== undefined && result.ok && result.absent)
    throw new UsageError(`there is no configuration at ${config}: name a file that is there`);
  // a theme of a file that cannot be read may be right
  if (theme !== undefined && result.ok) oneOf('theme', theme, [...themesOf(result.settings).keys()]);
}

/** For commands that are no monitor. @throws UsageError */
export async function checkSettings(options: Options): Promise<void> {
  checkGiven(options, await readConfig(fileOf(options), KNOWN));
}

export interface StartedSettings {
  readonly state: AppState;
  /** Of the command line or the file; fixed at the start. */
  readonly ascii: boolean;
  readonly mouse: boolean;
  /** The rules of findings, as the file says now. */
  rules(): readonly Rule[];
  /** A theme as the file says it now; `default` for a name that it no longer has. */
  themeNamed(name: string): Theme;
  /** Calls back whenever the file changes: how the state changes by it, `theme` included. */
  follow(changed: (change: (state: AppState) => AppState) => void): void;
  /** Writes into the file what it does not say yet. @returns what was written, or why nothing. */
  save(state: AppState): Promise<Message>;
}

/** Reads the configuration. An error in it does not stop the program: it is shown, and the defaults stand. @throws UsageError */
export async function startSettings(options: Options, machine: Machine): Promise<StartedSettings> {
  const settings = new FileSettings(options, machine);
  await settings.start();
  return settings;
}

class FileSettings implements StartedSettings {
  state: AppState;
  readonly #file: string;
  readonly #options: Options;
  readonly #machine: Machine;
  /** The last good ones; with an error in the file they stay, and what keys changed since. */
  #good: Settings = {};
  /** What the file says; undefined: there is none. */
  #text: string | undefined;
  /** Whether the file has an error. */
  #broken = false;
  #themes: ReadonlyMap<string, Theme> = themesOf({});
  /** The last message that came from the file: it is taken back with its reason. */
  #told: Message | undefined;

  /** What is wrong on the command line ends the program here. @throws UsageError */
  constructor(options: Options, machine: Machine) {
    this.#file = fileOf(options);
    this.#options = options;
    this.#machine = machine;
    this.state = configured(initialState(), options, {}, undefined, machine);
  }

  get ascii(): boolean {
    return this.#options.ascii || this.#options.slow || this.#good.ascii === true;
  }

  get mouse(): boolean {
    return this.#options.mouse || this.#good.mouse === true;
  }

  /** @throws UsageError */
  async start(): Promise<void> {
    const result = await readConfig(this.#file, KNOWN);
    checkGiven(this.#options, result);
    this.state = this.#judge(this.state, result, undefined);
  }

  rules(): readonly Rule[] {
    return rulesOf(this.#good);
  }

  themeNamed(name: string): Theme {
    return this.#themes.get(name) ?? THEMES.default;
  }

  follow(changed: (change: (state: AppState) => AppState) => void): void {
    watchConfig(this.#file, KNOWN, result => changed(now => this.#judge(now, result, this.#good)));
  }

  /** @param before the settings that the state has. */
  #judge(state: AppState, result: ConfigResult, before: Settings | undefined): AppState {
    this.#broken = !result.ok;
    if (!result.ok) return this.#tell(state, { text: complaint(this.#file, result), tone: 'bad' });
    try {
      const next = configured(state, this.#options, result.settings, before, this.#machine);
      this.#good = result.settings;
      this.#text = result.text;
      this.#themes = themesOf(result.settings);
      const { bound = [] } = result.settings;
      const [first, ...more] =
        JSON.stringify(bound) === JSON.stringify(before?.bound ?? []) ? [] : shadowed(bound, next.map);
      const text = first === undefined ? undefined : andMore(`${path.basename(this.#file)}: ${first}`, more.length);
      return this.#tell(next, text === undefined ? undefined : { text, tone: 'warn' });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#broken = true;
      return this.#tell(state, { text: `${path.basename(this.#file)}: ${error.message}`, tone: 'bad' });
    }
  }

  #tell(state: AppState, message: Message | undefined): AppState {
    const former = state.message === this.#told ? undefined : state.message;
    this.#told = message;
    return { ...state, message: message ?? former };
  }

  async save(state: AppState): Promise<Message> {
    const name = homely(this.#file);
    if (this.#broken) return { text: `${name} has an error: nothing was written, mend that first`, tone: 'bad' };
    const said = configured(initialState(), parseOptions([]), this.#good, undefined, this.#machine);
    const changes = changesOf(state, said, this.#good);
    if (changes.length === 0) return { text: `${name} says all this already: nothing was written`, tone: 'normal' };
    const { saveSettings } = await import('../config/save.ts');
    const saved = await saveSettings(this.#file, this.#text, changes);
    if ('error' in saved) return { text: `${name}: ${saved.error}`, tone: 'bad' };
    this.#text = saved.text;
    const result = await readConfig(this.#file, KNOWN);
    if (result.ok) this.#good = result.settings;
    return { text: `wrote ${changes.map(change => change.path.join('.')).join(', ')} to ${name}`, tone: 'good' };
  }
}

/** A path as one writes it. */
function homely(file: string): string {
  const home = process.env['HOME'];
  return home && file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}
