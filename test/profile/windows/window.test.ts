import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { systemClock } from '../../../src/base/clock.js';
import { createCollector } from '../../../src/measure/collect.js';
import { LATE, NOBODY, UNKNOWN, type Owner } from '../../../src/profile/windows/marks.js';
import {
  AFTER_END,
  NO_SLOT,
  openWindow,
  type OpenWindow,
  type WindowLimits,
} from '../../../src/profile/windows/window.js';
import type { ProtocolNode } from '../../../src/profile/raw-profile.js';
import { EXCLUDED_ROW } from '../../../src/requests/recording.js';
import { scriptedClock } from '../../helpers/scripted-clock.js';
import type { Seen } from './window-worker.js';

const INTERVAL = 512;
const limits: WindowLimits = {
  samplingIntervalBytes: INTERVAL,
  openMs: 60_000,
  drainMs: 60_000,
  maxMarkBytes: 2 ** 22,
};

function opened(t: Test, more: Partial<WindowLimits> = {}, clock = systemClock): OpenWindow {
  const window = openWindow({ ...limits, ...more }, clock);
  t.teardown(() => window.stop());
  return window;
}

const callFrame = { functionName: '', scriptId: '1', lineNumber: 0, columnNumber: 0 };
const head: ProtocolNode = {
  callFrame: { ...callFrame, url: '' },
  selfSize: 0,
  id: 1,
  children: [{ callFrame: { ...callFrame, url: 'tidemark:mark' }, selfSize: 0, id: 2, children: [] }],
};

/** Whose the marks so far are, in order: what would be sampled after each, had V8 sampled them all. */
function ownersOf({ marks }: OpenWindow): Owner[] {
  const samples = Array.from({ length: marks.count }, (_, mark) => [
    { nodeId: 2, size: 4 * INTERVAL + 16 + (mark % 16) * 64, ordinal: 2 * mark },
    { nodeId: 1, size: 560, ordinal: 2 * mark + 1 },
  ]).flat();
  const { owners } = marks.ownersOf(samples, head);
  return samples.flatMap(({ nodeId }, row) => (nodeId === 1 ? [owners[row]!] : []));
}

/** Owners of a window that has ended, apart from work of others; its last mark is of nobody. */
function toldBy(window: OpenWindow): Owner[] {
  const owners = ownersOf(window);
  if (owners.at(-1) !== LATE) throw new Error('the last mark is missing');
  return owners.filter((owner) => owner !== NOBODY && owner !== LATE);
}

t.test('follows a request over turns of the event loop, between other requests', async (t) => {
  const window = opened(t);
  const [one, two] = [window.begin(), window.begin()];
  t.same([one, two, window.requests], [0, 1, 2]);
  const { promise: other, resolve: goOn } = withResolvers();
  const first = new Promise<void>((resolve) => {
    window.run(one, () => {
      setTimeout(async () => {
        await Promise.resolve();
        goOn();
        setTimeout(resolve, 5);
      }, 5);
    });
  });
  const second = new Promise<void>((resolve) => {
    window.run(two, () => void other.then(() => setImmediate(resolve)));
  });
  await Promise.all([first, second]);
  window.end(one, 7);
  window.end(two, 8);
  window.stop();
  const owners = toldBy(window);
  t.same(owners.slice(0, 3), [one, two, one], 'their begins, and the timer of the first');
  t.ok(owners.lastIndexOf(one) > owners.indexOf(two, 2) && owners.indexOf(two, 2) > 0, owners.join());
  t.same([window.routeOf(one), window.routeOf(two)], [7, 8]);
  t.equal(await window.done, 'stopped');
});

t.test('marks work after the end of its request separately', async (t) => {
  const window = opened(t);
  const slot = window.begin();
  await new Promise<void>((resolve) => {
    window.run(slot, () => {
      setTimeout(() => {
        window.end(slot, 3);
        window.end(slot, 4);
        setTimeout(resolve, 2);
      }, 2);
    });
  });
  window.stop();
  const owners = toldBy(window);
  t.same([...new Set(owners)], [slot, slot + AFTER_END]);
  t.equal(owners.lastIndexOf(slot) < owners.indexOf(slot + AFTER_END), true);
  t.equal(window.routeOf(slot), 3, 'a request ends once');
});

t.test('restores the lost context of a request', async (t) => {
  const window = opened(t);
  const slot = window.begin();
  window.run(slot, () => undefined);
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      window.enter(slot);
      window.enter(NO_SLOT);
      setTimeout(resolve, 1);
    }, 1);
  });
  window.end(slot, 1);
  window.stop();
  const owners = ownersOf(window);
  t.ok(owners.indexOf(NOBODY) < owners.lastIndexOf(slot), owners.join());
});

t.test('ends with its last request in flight, and follows no new ones until then', async (t) => {
  const window = opened(t, { openMs: 5 });
  const slot = window.begin();
  window.run(slot, () => undefined);
  await delay(20);
  const late = window.begin();
  t.equal(late, UNKNOWN, 'what comes now must not pass for nobody’s');
  window.run(late, () => t.equal(ownersOf(window).includes(slot), true));
  window.end(late, 1);
  t.equal(window.requests, 1);
  window.end(slot, 1);
  t.equal(await window.done, 'time');
  t.equal(window.begin(), NO_SLOT);
  let ran = false;
  window.run(NO_SLOT, () => (ran = true));
  window.enter(slot);
  t.equal(ran, true, 'work is done all the same');
  const owners = ownersOf(window);
  t.ok(owners.includes(UNKNOWN));
  t.equal(owners.at(-1), LATE);
});

t.test('ends a request of an unrecorded route, and does not count it', async (t) => {
  const window = opened(t);
  const [excluded, other] = [window.begin(), window.begin()];
  window.run(excluded, () => undefined);
  window.run(other, () => undefined);
  window.close();
  window.end(excluded, EXCLUDED_ROW);
  window.end(excluded, EXCLUDED_ROW);
  window.end(other, 1);
  t.equal(await window.done, 'stopped', 'nobody is waited for');
  t.same([window.routeOf(excluded), window.routeOf(other)], [undefined, 1]);
});

t.test('attributes neither request if one ends the response of the other', async (t) => {
  const window = opened(t);
  const [runs, waits, other] = [window.begin(), window.begin(), window.begin()];
  window.run(waits, () => undefined);
  window.run(runs, () => window.end(waits, 1));
  window.end(runs, 2);
  window.run(other, () => window.end(other, 3));
  t.same([runs, waits, other].map(window.routeOf), [undefined, undefined, 3]);

  const late = window.begin();
  window.run(other, () => window.end(late, 1));
  t.same(
    [late, other, other + AFTER_END].map(window.routeOf),
    [undefined, 3, undefined],
    'what it did before its end was its own',
  );
});

t.test('bounds the wait for a request that does not end', async (t) => {
  const window = opened(t, { openMs: 5, drainMs: 5 });
  const slot = window.begin();
  t.equal(await window.done, 'time');
  t.equal(window.routeOf(slot), undefined);
});

t.test('closes by the clock if its timer is late', async (t) => {
  const clock = scriptedClock();
  const window = opened(t, { openMs: 1_000 }, clock);
  clock.set(1e9);
  const slot = window.begin();
  t.equal(slot, 0, 'a step of the wall clock is none of its time');
  window.run(slot, () => undefined);
  window.end(slot, 1);
  clock.advance(1_000);
  t.equal(window.begin(), NO_SLOT);
  t.equal(await window.done, 'time');
});

t.test('bounds requests and marks', async (t) => {
  const many = opened(t);
  let slot = many.begin();
  for (let requests = 0; slot >= 0; requests += 1) {
    if (requests > 20_000) throw new Error('no bound');
    many.end(slot, 1);
    slot = many.begin();
  }
  t.equal(await many.done, 'requests');
  t.equal(many.requests, 16_384);
  t.equal(many.routeOf(16_383), 1);

  const marked = opened(t, { maxMarkBytes: 1 });
  const slots = [marked.begin(), marked.begin()];
  for (let i = 0; i < 17; i += 1) marked.run(slots[i % 2]!, () => undefined);
  t.equal(await marked.done, 'marks');
  t.equal(marked.marks.count, 16);
  t.equal(marked.begin(), NO_SLOT);
});

t.test('follows only a share of the requests if marks would run out', async (t) => {
  const clock = scriptedClock();
  const window = opened(t, { openMs: 1_000, maxMarkBytes: 2 ** 20 }, clock);
  const { capacity } = window.marks;
  const followed = (): number => {
    let count = 0;
    for (let i = 0; i < capacity; i += 1) {
      const slot = window.begin();
      window.run(slot, () => undefined);
      window.end(slot, 1);
      if (slot >= 0) count += 1;
    }
    return count;
  };
  const first = followed();
  t.ok(first > 0 && window.marks.count < 0.2 * capacity, `${window.marks.count} of ${capacity} at first`);
  t.equal(followed(), 0, 'none before time has passed');
  clock.advance(500);
  t.ok(followed() > 2 * first, 'as many more as time has passed');
  t.ok(window.marks.count < 0.6 * capacity);
  t.equal(window.begin(), UNKNOWN);
  window.stop();
  t.equal(await window.done, 'stopped');
});

t.test('may be closed and stopped repeatedly', async (t) => {
  const window = opened(t);
  const slot = window.begin();
  window.close();
  window.close();
  t.equal(window.begin(), UNKNOWN);
  window.stop();
  window.stop();
  window.end(slot, 1);
  t.equal(await window.done, 'stopped');
  const { count } = window.marks;
  await delay(1);
  t.equal(window.marks.count, count, 'nothing is marked any more');
});

t.test('leaves neither hooks nor timers, however it ends', async (t) => {
  const worker = new Worker(new URL('window-worker.js', import.meta.url));
  const [{ before, open, after }] = (await once(worker, 'message')) as [Seen];
  await worker.terminate();
  t.same(before, { promiseHooks: false, timers: 0 });
  t.same(open, { promiseHooks: true, timers: 1 });
  t.same(after, [before, before, before, before]);
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

t.test('the newest request of each connection is known, and no connection is held', async (t) => {
  const window = opened(t);
  const kept = {};
  let open: WeakRef<object> | undefined;
  (function serve(): void {
    const closed = {};
    open = new WeakRef(closed);
    for (const connection of [kept, closed, kept, closed]) window.begin(connection);
  })();
  window.begin();
  t.same([...window.lastOfConnections()], [2, 3]);
  await delay(0);
  createCollector().collect();
  t.equal(open?.deref(), undefined);
});
