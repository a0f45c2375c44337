/** The builder of each page of a task. */
import type { TaskPage } from '../keys/keys.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import type { Page } from './document.ts';
import { flagsPage } from './flags.ts';
import { overviewPage } from './overview.ts';

const BUILDERS: Partial<Record<TaskPage, TaskPageBuilder>> = {
  overview: overviewPage,
  flags: flagsPage,
};

export const buildTaskPage = (page: TaskPage, context: TaskContext): Page =>
  BUILDERS[page]?.(context) ?? { sections: [] };
