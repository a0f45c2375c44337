/** `taskscope.findings/1`: findings for programs, in base units. The schema is in src/out/schema.ts. */
import type { Finding } from './watch.ts';
import type { Watched } from './lines.ts';

/** ISO 8601 in UTC; null when the source does not tell a time that there is. */
function isoTime(wallMs: number): string | null {
  const time = new Date(wallMs);
  return Number.isFinite(time.getTime()) ? time.toISOString() : null;
}

function findingJson(finding: Finding): Record<string, unknown> {
  const { rule, severity, title, tasks, count, since, last, ended, evidence, meaning, values, look } = finding;
  return {
    id: rule.id,
    severity,
    title,
    since: isoTime(since.wallMs),
    seconds: Math.round((ended ?? last).ms - since.ms) / 1000,
    ended_at: ended ? isoTime(ended.wallMs) : null,
    task_count: count,
    tasks: tasks.map(({ pid, tgid, startTicks, comm, user }) => ({
      pid,
      start_time_ticks: startTicks,
      tgid,
      comm,
      user: user ?? null,
    })),
    evidence,
    values,
    meaning,
    look,
    guide: rule.guide ?? null,
  };
}

/** @param machine as every JSON output tells it. */
export function findingsJson(watched: Watched, machine: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    schema: 'taskscope.findings/1',
    taken_at: isoTime(watched.now.wallMs),
    watched_seconds: Math.round(watched.watchedSeconds * 1000) / 1000,
    machine,
    findings: watched.findings.map(findingJson),
  };
}
