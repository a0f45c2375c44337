/** A source of made-up samples: tasks that come, change, are not readable for once, go, and whose pids come again. */
import type { TaskFile } from '../../src/fields/files.ts';
import type { SampleSink, Seat } from '../../src/frame/sink.ts';
import { rawBytes, statText } from './stat-line.ts';

interface Life {
  readonly seat: Seat;
  readonly pid: number;
  readonly start: number;
  comm: string;
  state: string;
  flags: number;
  utime: number;
  rss: number;
}

/** Numbers that look random and are the same at every run. */
export function numbersFrom(seed: number): (below: number) => number {
  let state = (seed >>> 0) + 0x9e3779b9;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const FILES: readonly TaskFile[] = ['status', 'wchan', 'cmdline', 'schedstat', 'statm', 'io', 'cgroup'];
const COMMS = ['sh', 'a) b (c', 'b\xff\x80', ' ', '\n', 'worker'];

export class ChurningSource {
  readonly #sink: SampleSink;
  readonly #pick: (below: number) => number;
  #lives: Life[] = [];
  readonly #free: Seat[] = [];
  #used = 0;
  #ms = 1000.125;
  #tick = 0;

  constructor(sink: SampleSink, seed: number) {
    this.#sink = sink;
    this.#pick = numbersFrom(seed);
  }

  /** One pass, with files that come during it and after it. */
  sample(): void {
    const pick = this.#pick;
    this.#ms += 500 + pick(3000) + pick(1000) / 1024;
    this.#tick += 100;
    const system = new Map([
      ['uptime', rawBytes(`${(this.#ms / 1000).toFixed(2)} 0.00\n`)],
      ['loadavg', rawBytes(`0.${pick(9)}0 0.00 0.00 1/100 ${pick(3)}\n`)],
    ]);
    if (pick(3) > 0)
      system.set('stat', rawBytes(`cpu  ${this.#tick} 0 0 ${this.#tick * 3} 0 0 0 0 0 0\nprocesses 5\n`));
    this.#sink.begin({ wallMs: pick(9) === 0 ? Number.NaN : 1.7e12 + this.#ms, system, systemMs: this.#ms });
    this.#lives = this.#lives.filter(life => this.#stays(life));
    for (let arrivals = pick(4); arrivals > 0; arrivals--) this.#come();
    // a listing is by pid, but for threads not even that
    if (pick(6) === 0) this.#lives.reverse();
    else this.#lives.sort((a, b) => a.pid - b.pid);
    this.#lives.forEach((life, index) => {
      if (index % 4 === 3) this.#ms += pick(20) / 8;
      if (pick(5) === 0) this.#file(life);
      // an error that says nothing of the task: it stays, and is not read this time
      if (pick(12) === 0) return;
      this.#live(life);
      this.#push(life);
    });
    this.#sink.end(pick(2));
    for (const life of this.#lives) if (pick(3) === 0) this.#file(life);
  }

  #stays(life: Life): boolean {
    if (this.#pick(10) > 0) return true;
    this.#sink.gone(life.seat);
    this.#free.push(life.seat);
    return false;
  }

  #come(): void {
    const pid = 1 + this.#pick(12);
    if (this.#lives.some(life => life.pid === pid)) return;
    const seat = this.#free.pop() ?? this.#used++;
    this.#lives.push({ seat, pid, start: this.#tick, comm: 'new', state: 'R', flags: 0x40, utime: 0, rss: 10 });
  }

  /** Something happens to the task, or nothing; now and then its pid is another task's in the same seat. */
  #live(life: Life): void {
    const pick = this.#pick;
    if (pick(2) === 0) return;
    if (pick(15) === 0) Object.assign(life, { start: this.#tick + 1, utime: 0 });
    if (pick(4) === 0) life.comm = COMMS[pick(COMMS.length)]!;
    if (pick(3) === 0) life.state = 'RSDTZ'[pick(5)]!;
    if (pick(4) === 0) life.flags ^= 1 << pick(31);
    life.utime += pick(5) - (pick(9) === 0 ? 3 : 0);
    life.rss += pick(50) - 10;
  }

  #push({ seat, pid, start, comm, state, flags, utime, rss }: Life): void {
    const values = { pid, comm, state, flags: flags >>> 0, utime: Math.max(0, utime), rss, start_time: start };
    // now and then a name that makes the line longer than is usual
    const line = rawBytes(statText({ ...values, comm: pid === 3 ? comm + 'x'.repeat(400) : comm }));
    this.#sink.stat(seat, pid, pid, line, line.length, this.#ms);
  }

  #file({ seat }: Life): void {
    const pick = this.#pick;
    const file = FILES[pick(FILES.length)]!;
    const text = {
      status: `Uid:\t0\t${pick(3)}\t0\t0\nSigPnd:\t000000000000000${pick(2)}\nShdPnd:\t0000000000000000\nvoluntary_ctxt_switches:\t${this.#tick + pick(9)}\n`,
      schedstat: `${this.#tick * 1e6} ${pick(5) * 1e6} 7\n`,
      wchan: pick(2) === 0 ? '0' : 'do_wait',
      io: `read_bytes: ${this.#tick}\nwrite_bytes: ${pick(9)}\n`,
    }[file as string];
    const content = pick(6) === 0 ? 'could-block' : rawBytes(text ?? `${file}\xff ${pick(3)}\0`);
    this.#sink.file(seat, file, content, this.#ms + pick(100) / 8);
  }
}
