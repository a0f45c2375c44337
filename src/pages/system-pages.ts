/** The builder of each page about the machine. */
import { type SystemPage, SYSTEM_PAGES } from '../keys/keys.ts';
import type { SystemContext, SystemPageBuilder } from './context.ts';
import { note, type Page } from './document.ts';
import { cgroupsPage } from './system-cgroups.ts';
import { interruptsPage } from './system-interrupts.ts';
import { logPage } from './system-log.ts';
import { machinePage } from './system-machine.ts';
import { memoryPage } from './system-memory.ts';

const BUILDERS: Readonly<Record<SystemPage, SystemPageBuilder>> = {
  machine: machinePage,
  interrupts: interruptsPage,
  memory: memoryPage,
  cgroups: cgroupsPage,
  log: logPage,
  // the terminal paints them
  graphs: () => ({ sections: [note('Graphs are drawn in the monitor only.')] }),
};

/** The pages that can be printed. */
export const TEXT_PAGES = SYSTEM_PAGES.filter(({ id }) => id !== 'graphs');

export const buildSystemPage = (page: SystemPage, context: SystemContext): Page => BUILDERS[page](context);
