/** How many tasks the bottom bar tells to be stuck: those in D for longer than a moment, out of what is known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stuckInD } from '../../src/stuck/count.ts';
import { type Stuck, Tables, twice } from './tables.ts';

const KTHREAD = 0x200000;
const EXITING = 0x4;
const count = (tables: Tables): number => stuckInD(tables.processes.cursor);

test('what is in D for longer than a moment', () => {
  const tasks: Stuck[] = [
    { pid: 1 },
    { pid: 2, state: 'D' },
    { pid: 3, state: 'D', wchan: 'nfs_wait_bit_killable' },
    { pid: 4, state: 'D', flags: EXITING },
    { pid: 5, state: 'Z' },
    { pid: 6, state: 'T' },
    { pid: 7, state: 'D', flags: KTHREAD, comm: 'kworker/0:1' },
  ];
  assert.equal(count(twice(2, {}, ...tasks)), 4);
  assert.equal(count(twice(0.5, {}, ...tasks)), 0);
  assert.equal(count(new Tables().look(0, ...tasks)), 0, 'one look says nothing');
  assert.equal(count(new Tables()), 0);
});

test('a task that entered D just now, or has left it', () => {
  const tables = new Tables().look(0, { pid: 1 }, { pid: 2, state: 'D' });
  assert.equal(count(tables.look(2000, { pid: 1, state: 'D' }, { pid: 2, state: 'D' })), 1);
  assert.equal(count(tables.look(4000, { pid: 1, state: 'D' }, { pid: 2 })), 1);
  assert.equal(count(tables.look(4500, { pid: 1 }, { pid: 2, state: 'D' })), 0);
  // another task with the pid of one in D
  assert.equal(count(tables.look(6500, { pid: 2, state: 'D', start_time: 999 })), 0);
});

test('not what rests in D or is frozen', () => {
  const tasks: Stuck[] = [
    { pid: 1, state: 'D', comm: 'vchiq-keep/0', flags: KTHREAD },
    { pid: 2, state: 'D', wchan: '__refrigerator' },
    { pid: 3, state: 'D', wchan: 'do_nanosleep' },
    { pid: 4, state: 'D', wchan: 'worker_thread', flags: KTHREAD },
  ];
  assert.equal(count(twice(2, {}, ...tasks)), 0);
});

test('a wait channel of the time before the task entered D says nothing of why it is in D', () => {
  const tables = new Tables().look(0, { pid: 1, wchan: 'do_nanosleep' });
  tables.look(2000, { pid: 1, state: 'D' }).look(4000, { pid: 1, state: 'D' });
  assert.equal(count(tables), 1);
  // known or not: a wait for a vfork child counts
  assert.equal(count(tables.look(6000, { pid: 1, state: 'D', wchan: 'kernel_clone' })), 1);
});
