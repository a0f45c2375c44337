/** The report as JSON, `taskscope.stuck/1`: base units, what is missing is null. */
import { isMissing, type Reading } from '../units/missing.ts';
import type { StuckGroup } from './groups.ts';
import type { StuckReport } from './report.ts';
import type { StuckTask } from './task.ts';

const time = (ms: number): string | null => {
  const at = new Date(ms);
  return Number.isFinite(at.getTime()) ? at.toISOString() : null;
};
const seconds = (value: number): number | null => (Number.isFinite(value) ? Math.round(value * 1000) / 1000 : null);
const orNull = <T>(reading: Reading<T>): T | null => (isMissing(reading) ? null : reading);

function taskJson(task: StuckTask): Record<string, unknown> {
  const { stack } = task;
  return {
    pid: task.pid,
    tid: task.tid,
    start_time_ticks: task.startTicks,
    user: orNull(task.user),
    comm: task.comm,
    state: task.state,
    age_seconds: task.once ? null : seconds(task.age),
    at_least: task.atLeast,
    since: task.once ? null : time(task.sinceMs),
    wchan_name: orNull(task.wchan),
    flags: `0x${(task.flags >>> 0).toString(16).padStart(8, '0')}`,
    flag_words: task.flagWords,
    remarks: task.remarks,
    threads_alike: task.alike,
    stack: stack === undefined || isMissing(stack) ? null : stack,
  };
}

const groupJson = (group: StuckGroup): Record<string, unknown> => ({
  kind: group.kind,
  family: group.family ?? null,
  title: group.title,
  words: group.words,
  means: group.means,
  next: group.next,
  other_names: group.otherNames.map(({ name, first, last }) => ({ name, first, last })),
  count: group.count,
  longest_seconds: group.tasks.every(({ once }) => once) ? null : seconds(group.longest),
  at_least: group.atLeast,
  tasks: group.tasks.map(taskJson),
});

/**
 * One object, ready for JSON.stringify().
 * @param machine as every JSON output tells it.
 */
export function stuckJson(report: StuckReport, machine: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { looked } = report;
  return {
    schema: 'taskscope.stuck/1',
    taken_at: time(report.wallMs),
    samples: report.samples,
    machine,
    looked_at: {
      processes: looked.processes,
      threads: looked.threads ?? null,
      threads_seconds_ago: looked.roundSeconds === undefined ? null : seconds(looked.roundSeconds),
      hidden_tasks: looked.hidden,
    },
    passing: report.passing,
    counts: Object.fromEntries(report.counts),
    groups: report.groups.map(groupJson),
    notes: report.notes,
  };
}
