import { createServer } from 'node:net';
import t from 'tap';
import { systemClock, type Clock } from '../../src/base/clock.js';
import { createFailures } from '../../src/base/failures.js';
import type { HeapReading } from '../../src/measure/reading.js';
import { createSampler, createSystemProbes, type SamplerProbes } from '../../src/measure/sampler.js';

const clock: Clock = { wall: () => 1_700_000_000_000, monotonic: () => 42 };
const heap: HeapReading = {
  usedBytes: 10,
  committedBytes: 20,
  limitBytes: 1000,
  mallocedBytes: 1,
  externalBytes: 2,
  nativeContexts: 1,
  detachedContexts: 0,
  spaces: [],
};
const eventLoopReading = { delayMeanMs: 1, delayP50Ms: 1, delayP99Ms: 1, delayMaxMs: 1, utilization: 0.5 };

function scripted(calls: string[] = []): SamplerProbes {
  return {
    heap: () => heap,
    memoryUsage: () => ({ rssBytes: 120, arrayBuffersBytes: 7 }),
    cgroup: () => ({ version: 2, limitBytes: 500, usageBytes: 120, inactiveFileBytes: 0 }),
    eventLoop: {
      start: () => calls.push('start'),
      stop: () => calls.push('stop'),
      read: () => eventLoopReading,
    },
    cpu: () => ({ userSeconds: 1, systemSeconds: 2, utilization: 0.25 }),
    handles: () => ({ Timeout: 2 }),
    descriptors: () => ({ open: 20, limit: 1024 }),
  };
}

const unlogged = () => createFailures({ warn: () => undefined });

t.test('a sample holds what every probe said, and the limit that follows', async (t) => {
  const sampler = createSampler({ probes: scripted(), clock, failures: unlogged() });
  t.strictSame(sampler.sample(), {
    at: 1_700_000_000_000,
    monotonicMs: 42,
    heap,
    arrayBuffersBytes: 7,
    rssBytes: 120,
    cgroup: { version: 2, limitBytes: 500, usageBytes: 120, inactiveFileBytes: 0 },
    limit: { bytes: 400, source: 'cgroup' },
    eventLoop: eventLoopReading,
    cpu: { userSeconds: 1, systemSeconds: 2, utilization: 0.25 },
    handles: { Timeout: 2 },
    descriptors: { open: 20, limit: 1024 },
  });
});

t.test('a failing probe leaves its field absent, is counted, and is logged once', async (t) => {
  const warnings: object[] = [];
  const failures = createFailures({ warn: (details) => void warnings.push(details) });
  const error = new Error('no heap today');
  const fail = (): never => {
    throw error;
  };
  const probes: SamplerProbes = {
    ...scripted(),
    heap: fail,
    descriptors: fail,
    eventLoop: { start: fail, stop: fail, read: fail },
  };
  const sampler = createSampler({ probes, clock, failures });
  sampler.start();
  sampler.sample();
  const sample = sampler.sample();
  sampler.stop();
  for (const field of ['heap', 'limit', 'descriptors', 'eventLoop']) t.notOk(field in sample, field);
  t.equal(sample.rssBytes, 120);
  t.strictSame(warnings, [
    { part: 'eventLoop', err: error },
    { part: 'heap', err: error },
    { part: 'descriptors', err: error },
  ]);
  t.strictSame(failures.counts(), {
    heap: 2,
    memoryUsage: 0,
    cgroup: 0,
    eventLoop: 4,
    cpu: 0,
    handles: 0,
    descriptors: 2,
  });
});

t.test('probes may be left out', async (t) => {
  const failures = unlogged();
  const sampler = createSampler({ probes: {}, clock, failures });
  sampler.start();
  t.strictSame(sampler.sample(), { at: 1_700_000_000_000, monotonicMs: 42 });
  sampler.stop();
  t.strictSame(failures.counts(), {});
});

t.test('constrainedMemory is asked only without a cgroup, a configured limit beats both', async (t) => {
  let asked = 0;
  const constrainedMemory = (): number => {
    asked += 1;
    return 700;
  };
  const limitWith = (probes: SamplerProbes) =>
    createSampler({
      probes: { ...scripted(), constrainedMemory, ...probes },
      clock,
      failures: unlogged(),
    }).sample().limit;
  t.strictSame(limitWith({}), { bytes: 400, source: 'cgroup' });
  t.equal(asked, 0);
  t.strictSame(limitWith({ cgroup: () => undefined }), { bytes: 600, source: 'cgroup' });
  t.equal(asked, 1);
  t.strictSame(limitWith({ memoryLimitBytes: 99 }), { bytes: 99, source: 'configured' });
});

t.test('start and stop reach the event-loop probe', async (t) => {
  const calls: string[] = [];
  const sampler = createSampler({ probes: scripted(calls), clock, failures: unlogged() });
  sampler.start();
  sampler.stop();
  t.strictSame(calls, ['start', 'stop']);
});

t.test('the real probes of this process make sense and never fail', async (t) => {
  const failures = unlogged();
  const sampler = createSampler({ probes: createSystemProbes(), clock: systemClock, failures });
  sampler.start();
  const server = createServer().listen(0, '127.0.0.1');
  let sample = sampler.sample();
  while (sample.eventLoop === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    sample = sampler.sample();
  }
  server.close();
  sampler.stop();
  t.notOk(Object.values(failures.counts()).some((count) => count > 0));
  t.ok(Math.abs(sample.at - Date.now()) < 60_000);
  const { heap, rssBytes, limit, eventLoop, cpu, handles, descriptors } = sample;
  if (heap === undefined || rssBytes === undefined || limit === undefined || cpu === undefined) {
    t.fail('a probe is missing');
    return;
  }
  t.ok(heap.usedBytes > 1e6 && heap.usedBytes <= heap.committedBytes);
  const spacesUsedBytes = heap.spaces.reduce((sum, space) => sum + space.usedBytes, 0);
  t.ok(Math.abs(spacesUsedBytes - heap.usedBytes) < 1e6, 'the spaces make up the heap');
  t.ok(rssBytes > heap.usedBytes);
  t.ok(limit.bytes > 0 && limit.bytes <= heap.limitBytes);
  t.ok(eventLoop.delayMaxMs >= eventLoop.delayP50Ms && eventLoop.delayMeanMs > 0);
  t.ok(eventLoop.utilization >= 0 && eventLoop.utilization <= 1);
  t.equal(eventLoop.resolutionMs, 20);
  t.ok(cpu.userSeconds > 0 && cpu.utilization >= 0);
  t.ok((handles?.['TCPServerWrap'] ?? 0) >= 1);
  if (process.platform === 'linux') t.ok((descriptors?.open ?? 0) > 3);
  t.equal(sampler.sample().eventLoop, undefined, 'a stopped probe reads nothing');
  t.equal(createSystemProbes({ memoryLimitBytes: 5 }).memoryLimitBytes, 5);
});
