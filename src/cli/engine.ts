/** How V8 is to treat a program that does a little once a second, for hours. */
import v8 from 'node:v8';

/** By release of V8 (Node 20, 22, 24, 26), as each has another name for it; one that is not here stays as it is. */
const RARELY_OPTIMIZE = new Map([
  [11, '--interrupt-budget=200000'],
  [12, '--invocation-count-for-turbofan=9000'],
  [13, '--invocation-count-for-turbofan=9000'],
  [14, '--invocation-count-for-turbofan=9000'],
]);

/** From so many tasks on what TurboFan makes of the loops over them pays for itself. */
const MANY_TASKS = 500;

/**
 * Said before the code of the monitor is loaded, that it holds for it ([ADR 12](../../docs/adr/0012-engine.md)):
 * - Only loops over many tasks are worth TurboFan: as it is set by default it goes on compiling, on another thread, as much as the
 *   monitor itself runs. It comes with {@link optimizeFor}.
 * - New objects get 1 MiB and no more: they die young, and memory that was grown into once is never given back.
 * - Old ones are looked through when they have grown by two fifths, not by three times.
 */
export function tuneEngine(): void {
  const rarely = RARELY_OPTIMIZE.get(Number.parseInt(process.versions.v8, 10));
  if (rarely === undefined) return;
  for (const flag of [rarely, '--no-opt', '--semi-space-growth-factor=1', '--heap-growing-percent=40'])
    v8.setFlagsFromString(flag);
}

let isOptimizing = false;

/** Lets V8 optimize as soon as there have been many tasks. */
export function optimizeFor(tasks: number): void {
  if (tasks < MANY_TASKS || isOptimizing) return;
  isOptimizing = true;
  v8.setFlagsFromString('--opt');
}

/** For `--once` on Node 20, which is over before what TurboFan makes pays: with a few hundred tasks it makes nothing. */
export function tuneForSnapshot(): void {
  v8.setFlagsFromString('--interrupt-budget=600000');
}
