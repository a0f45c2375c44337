/** How V8 is to treat a program that does a little once a second, for hours. */
import v8 from 'node:v8';

/** V8 of Node 20 and 22, whose flags these are; another one stays as it is. */
const KNOWN = /^1[12]\./;

/**
 * Said before the code of the monitor is loaded, that it holds for it ([ADR 12](../../docs/adr/0012-engine.md)):
 * - Only loops over tens of thousands of tasks are worth TurboFan: with its default budget it goes on compiling, on another
 *   thread, as much as the monitor itself runs.
 * - New objects get 1 MiB and no more: they die young, and memory that was grown into once is never given back.
 * - Old ones are looked through when they have grown by two fifths, not by three times.
 */
export function tuneEngine(): void {
  if (!KNOWN.test(process.versions.v8)) return;
  v8.setFlagsFromString('--interrupt-budget=200000');
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  v8.setFlagsFromString('--heap-growing-percent=40');
}
