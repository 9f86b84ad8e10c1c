import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import t from 'tap';
import { systemClock } from '../../../src/base/clock.js';
import { faultOf } from '../../../src/snapshot/writers/child-end.js';
import {
  cpuTicksOf,
  readChildProgress,
  statusBytesOf,
  writtenBytesOf,
} from '../../../src/snapshot/writers/child-progress.js';
import type { NativeFork } from '../../../src/snapshot/writers/native.js';
import { superviseChild } from '../../../src/snapshot/writers/snapshot-child.js';
import { createWatchdog, defaultLimits } from '../../../src/snapshot/writers/watchdog.js';

t.test('a child that writes or works is going; one that does neither has stalled', async (t) => {
  const watchdog = createWatchdog({ stallMs: 100, deadlineMs: 1000 }, 0);
  t.equal(watchdog.look(90, { cpuTicks: 1, writtenBytes: 0 }), 'going');
  t.equal(watchdog.look(180, { cpuTicks: 2, writtenBytes: 0 }), 'going', 'works before its first byte');
  t.equal(watchdog.look(270, { cpuTicks: 2, writtenBytes: 9 }), 'going', 'writes without being seen at work');
  t.equal(watchdog.look(369, { cpuTicks: 2, writtenBytes: 9 }), 'going');
  t.equal(watchdog.look(370, { cpuTicks: 2, writtenBytes: 9 }), 'stalled');
});

t.test('the deadline holds for the busiest, and alone where nothing can be read', async (t) => {
  const busy = createWatchdog({ stallMs: 100, deadlineMs: 1000 }, 500);
  for (let ms = 500; ms < 1500; ms += 50) t.equal(busy.look(ms, { cpuTicks: ms }), 'going');
  t.equal(busy.look(1500, { cpuTicks: 1500 }), 'overdue');
  const blind = createWatchdog({ stallMs: 100, deadlineMs: 1000 }, 0);
  t.equal(blind.look(999, {}), 'going');
  t.equal(blind.look(1000, {}), 'overdue');
});

t.test('the kernel texts are read whatever the process is called', async (t) => {
  const stat = '7 (a) S (b) S 1 7 7 0 -1 4194304 100 0 0 0 21 13 0 0 20 0 1 0 99 1000 100';
  t.equal(cpuTicksOf(stat), 34);
  t.equal(cpuTicksOf(''), undefined);
  t.equal(writtenBytesOf('rchar: 1\nwchar: 4711\nsyscr: 2\n'), 4711);
  t.equal(writtenBytesOf(''), undefined);
  t.equal(statusBytesOf('VmPeak:\t 9 kB\nVmHWM:\t  504 kB\n', 'VmHWM'), 504 * 1024);
});

t.test('progress of this very process is real, of none there is none', async (t) => {
  const progress = readChildProgress(process.pid);
  t.ok((progress.writtenBytes ?? 0) > 0);
  t.ok(
    (progress.residentBytes ?? 0) > 1e6 && (progress.peakResidentBytes ?? 0) >= (progress.residentBytes ?? 0),
  );
  t.same(readChildProgress(2 ** 30), {});
});

t.test('the end of a child says whose fault it was', async (t) => {
  const { SIGKILL, SIGPIPE, SIGSEGV } = constants.signals;
  t.equal(faultOf(0), undefined);
  t.match(faultOf(256 + SIGKILL), { fault: 'killed', detail: /for memory/ });
  t.match(faultOf(256 + SIGPIPE), { fault: 'reader' });
  t.match(faultOf(256 + SIGSEGV), { fault: 'died', detail: /SIGSEGV/ });
  t.match(faultOf(256 + 250), { fault: 'died', detail: /signal 250/ });
  t.match(faultOf(70), { fault: 'died', detail: /writeHeapSnapshot/ });
  t.match(faultOf(9), { fault: 'died', detail: /code 9/ });
  t.match(faultOf(-2), { fault: 'died', detail: /something else/ });
});

t.test('every exit code of the native part has its words', async (t) => {
  const source = readFileSync(new URL('../../../../native/fork.c', import.meta.url), 'utf8');
  const codes = [...source.matchAll(/EXIT_[A-Z_]+ = (\d+)/g)].map(([, code]) => Number(code));
  t.equal(codes.length, 4);
  for (const code of codes) t.match(faultOf(code), { fault: 'refused', detail: /^in the child / });
});

t.test('a child that crashed is at fault, even if its reader was seen to end first', async (t) => {
  const { SIGKILL, SIGSEGV } = constants.signals;
  const faultWith = async (status: number) => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const exit = once(child, 'exit');
    const statuses = [-1, status, status];
    const { fault } = await superviseChild({
      native: { poll: () => statuses.shift() } as unknown as NativeFork,
      pid: child.pid!,
      clock: systemClock,
      limits: defaultLimits,
      signal: undefined,
      readerGone: () => 'the reader ended with code 0',
    });
    t.equal((await exit)[1], 'SIGKILL');
    return fault;
  };
  t.match(await faultWith(256 + SIGSEGV), { fault: 'died', detail: 'the child ended with SIGSEGV' });
  t.match(await faultWith(256 + SIGKILL), { fault: 'reader', detail: 'the reader ended with code 0' });
  t.equal(await faultWith(0), undefined, 'one that had written everything has succeeded');
});
