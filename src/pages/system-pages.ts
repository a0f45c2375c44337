/** The builder of each page about the machine. */
import type { SystemPage } from '../keys/keys.ts';
import type { SystemContext, SystemPageBuilder } from './context.ts';
import type { Page } from './document.ts';
import { cgroupsPage } from './system-cgroups.ts';
import { interruptsPage } from './system-interrupts.ts';
import { logPage } from './system-log.ts';
import { machinePage } from './system-machine.ts';
import { memoryPage } from './system-memory.ts';

const BUILDERS: Record<SystemPage, SystemPageBuilder> = {
  machine: machinePage,
  interrupts: interruptsPage,
  memory: memoryPage,
  cgroups: cgroupsPage,
  log: logPage,
};

export const buildSystemPage = (page: SystemPage, context: SystemContext): Page => BUILDERS[page](context);
