import { executionAsyncId } from 'node:async_hooks';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../../../src/base/clock.js';
import { openWindow } from '../../../src/profile/windows/window.js';

/** What is seen of windows from within a process. */
export interface Seen {
  readonly before: Left;
  readonly open: Left;
  readonly after: readonly Left[];
}

export interface Left {
  /** With promise hooks, what follows an `await` runs under an id of its own. */
  readonly promiseHooks: boolean;
  readonly timers: number;
}

async function left(): Promise<Left> {
  await turn();
  const ids = [executionAsyncId()];
  await Promise.resolve();
  ids.push(executionAsyncId());
  await Promise.resolve();
  ids.push(executionAsyncId());
  return {
    promiseHooks: ids[1] !== ids[2],
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  };
}

const limits = { samplingIntervalBytes: 512, openMs: 60_000, drainMs: 60_000, maxMarkBytes: 2 ** 20 };
const before = await left();

const stopped = openWindow(limits, systemClock);
stopped.run(stopped.begin(), () => undefined);
const open = await left();
stopped.stop();
const after = [await left()];

const drained = openWindow({ ...limits, openMs: 5, drainMs: 5 }, systemClock);
drained.run(drained.begin(), () => undefined);
await drained.done;
after.push(await left());

const closed = openWindow(limits, systemClock);
const slot = closed.begin();
closed.run(slot, () => void delay(1).then(() => closed.end(slot, 0)));
closed.close();
await closed.done;
after.push(await left());

const full = openWindow({ ...limits, maxMarkBytes: 1 }, systemClock);
const slots = [full.begin(), full.begin()];
for (let i = 0; i < 20; i += 1) full.run(slots[i % 2]!, () => undefined);
await full.done;
after.push(await left());

parentPort!.postMessage({ before, open, after } satisfies Seen, []);
