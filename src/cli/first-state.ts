/** What the monitor shows first: the settings, what the command line says, and the sample of a recording. */
import { absentBecause, procIsOurs } from '../act/absent.ts';
import { openBoard } from '../app/boards.ts';
import type { AppState } from '../app/state.ts';
import { givenFilter } from './filters.ts';
import type { Options } from './options.ts';
import type { Source } from './session.ts';

/** What the command line says of the first view. @throws UsageError */
async function given(options: Options): Promise<Partial<AppState>> {
  const { users, tree } = options;
  return { users, filter: await givenFilter(options), ...(tree ? { arrangement: 'tree' as const } : {}) };
}

/** @param settings the state as settings make it. @throws UsageError */
export async function firstState(options: Options, source: Source, settings: AppState): Promise<AppState> {
  const first = await given(options);
  const noActions = absentBecause({ live: source.tree.live, readOnly: options.readOnly, ownProc: procIsOurs() });
  const { recorded } = source;
  const replay = recorded && {
    replay: { playing: false, speed: 1 },
    instant: recorded.recording.instant(
      options.at === undefined ? Math.min(1, recorded.recording.count - 1) : recorded.index,
    ),
    threads: recorded.recording.threads,
  };
  const board = options.stuck ? openBoard(settings, 'stuck').state : settings;
  return { ...board, ...first, ...replay, noActions };
}
