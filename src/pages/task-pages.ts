/** The builder of each page of a task. */
import type { TaskPage } from '../keys/keys.ts';
import { accountingPage } from './accounting.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import type { Page } from './document.ts';
import { environmentPage } from './environment.ts';
import { filesPage } from './files.ts';
import { flagsPage } from './flags.ts';
import { historyPage } from './history.ts';
import { kernelPage } from './kernel.ts';
import { limitsPage } from './limits.ts';
import { locksPage } from './locks.ts';
import { memoryPage } from './memory.ts';
import { overviewPage } from './overview.ts';
import { privilegesPage } from './privileges.ts';
import { rawPage } from './raw.ts';
import { schedulingPage } from './scheduling.ts';
import { signalsPage } from './signals.ts';
import { statPage } from './stat.ts';
import { statusPage } from './status.ts';
import { threadsPage } from './threads.ts';
import { cgroupPage } from './cgroup.ts';

const BUILDERS: Readonly<Record<TaskPage, TaskPageBuilder>> = {
  overview: overviewPage,
  flags: flagsPage,
  stat: statPage,
  status: statusPage,
  signals: signalsPage,
  scheduling: schedulingPage,
  accounting: accountingPage,
  memory: memoryPage,
  threads: threadsPage,
  files: filesPage,
  locks: locksPage,
  cgroup: cgroupPage,
  limits: limitsPage,
  privileges: privilegesPage,
  kernel: kernelPage,
  environment: environmentPage,
  history: historyPage,
  raw: rawPage,
};

export const buildTaskPage = (page: TaskPage, context: TaskContext): Page => BUILDERS[page](context);
