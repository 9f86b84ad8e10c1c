import { openSync, closeSync, readdirSync, existsSync } from 'node:fs';
import v8 from 'node:v8';
import t from 'tap';
import { TidemarkError } from '../../src/base/errors.js';
import type { Clock } from '../../src/base/clock.js';
import { createCollector } from '../../src/measure/collect.js';
import { createCpuProbe } from '../../src/measure/cpu.js';
import { createDescriptorsProbe, softDescriptorLimit } from '../../src/measure/descriptors.js';
import { createEventLoopProbe, type DelayHistogram } from '../../src/measure/event-loop.js';
import { createHandlesProbe, maxHandleTypes } from '../../src/measure/handles.js';
import { createHeapProbe } from '../../src/measure/heap.js';
import { createMemoryUsageProbe } from '../../src/measure/memory-usage.js';
import { rareWhenSlow } from '../../src/measure/slow-probe.js';

function manualClock(): Clock & { ms: number } {
  return {
    ms: 0,
    wall: () => 0,
    monotonic() {
      return this.ms;
    },
  };
}

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

t.test('heap: every figure comes from the V8 statistic of its name', async (t) => {
  const probe = createHeapProbe({
    getHeapStatistics: () => ({
      ...v8.getHeapStatistics(),
      used_heap_size: 1,
      total_heap_size: 2,
      heap_size_limit: 3,
      malloced_memory: 4,
      external_memory: 5,
      number_of_native_contexts: 6,
      number_of_detached_contexts: 7,
    }),
    getHeapSpaceStatistics: () => [
      {
        space_name: 'old_space',
        space_size: 30,
        space_used_size: 20,
        space_available_size: 10,
        physical_space_size: 40,
      },
    ],
  });
  t.strictSame(probe(), {
    usedBytes: 1,
    committedBytes: 2,
    limitBytes: 3,
    mallocedBytes: 4,
    externalBytes: 5,
    nativeContexts: 6,
    detachedContexts: 7,
    spaces: [{ name: 'old_space', usedBytes: 20, committedBytes: 30, availableBytes: 10 }],
  });
});

t.test('memory usage: rss and array buffers', async (t) => {
  t.strictSame(createMemoryUsageProbe(() => ({ rss: 9, arrayBuffers: 4 }))(), {
    rssBytes: 9,
    arrayBuffersBytes: 4,
  });
  const buffer = new ArrayBuffer(1 << 20);
  t.ok(createMemoryUsageProbe()().arrayBuffersBytes >= buffer.byteLength);
});

t.test('cpu: utilization covers one interval, totals the whole life', async (t) => {
  const clock = manualClock();
  let usage = { user: 1_000_000, system: 500_000 };
  const probe = createCpuProbe(clock, () => usage);
  clock.ms = 1000;
  usage = { user: 1_600_000, system: 600_000 };
  t.strictSame(probe(), { userSeconds: 1.6, systemSeconds: 0.6, utilization: 0.7 });
  t.equal(probe().utilization, 0, 'no time has passed');
  clock.ms = 3000;
  usage = { user: 5_600_000, system: 600_000 };
  t.equal(probe().utilization, 2);
});

t.test('handles: counted by type, the number of types bounded', async (t) => {
  t.strictSame(createHandlesProbe(() => ['Timeout', 'TCPSocketWrap', 'Timeout'])(), {
    Timeout: 2,
    TCPSocketWrap: 1,
  });
  const many = Array.from({ length: 100 }, (_, index) => `Type${index}`);
  const counts = createHandlesProbe(() => [...many, 'Type0'])();
  t.equal(Object.keys(counts).length, maxHandleTypes + 1);
  t.equal(counts['other'], 100 - maxHandleTypes);
  t.equal(counts['Type0'], 2);
});

t.test('descriptors: the folder’s size where the kernel gives it, its entries elsewhere', async (t) => {
  const limits =
    'Limit      Soft Limit   Hard Limit   Units\nMax open files            1024      4096      files\n';
  const source = { folderSize: () => 12, countEntries: () => 33, limits: () => limits };
  t.strictSame(createDescriptorsProbe(source)(), { open: 12, limit: 1024 });
  t.strictSame(createDescriptorsProbe({ ...source, folderSize: () => 0 })(), { open: 32, limit: 1024 });
  t.strictSame(createDescriptorsProbe({ ...source, limits: () => '' })(), { open: 12 });
  t.equal(softDescriptorLimit('Max open files   unlimited  unlimited  files'), undefined);
  t.throws(() => softDescriptorLimit('Max open files   many  many  files'), /many/);

  t.equal(createDescriptorsProbe({ ...source, folderSize: failing('ENOENT') })(), undefined);
  t.throws(createDescriptorsProbe({ ...source, folderSize: failing('EACCES') }), { code: 'EACCES' });
});

t.test('descriptors: an opened file is counted', async (t) => {
  if (!existsSync('/proc/self/fd')) {
    t.equal(createDescriptorsProbe()(), undefined);
    return;
  }
  const probe = createDescriptorsProbe();
  const before = probe()?.open ?? NaN;
  const opened = [1, 2, 3].map(() => openSync('/dev/null', 'r'));
  t.equal(probe()?.open, before + 3);
  t.equal(readdirSync('/proc/self/fd').length - 1, before + 3, 'both ways to count agree');
  for (const descriptor of opened) closeSync(descriptor);
});

t.test('a slow reading stands for ten ticks, a fast one for its own', async (t) => {
  const clock = manualClock();
  let costMs = 2;
  let readings = 0;
  const probe = rareWhenSlow(() => {
    clock.ms += costMs;
    readings += 1;
    return readings;
  }, clock);
  const values = Array.from({ length: 11 }, () => probe());
  t.strictSame(values, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
  costMs = 0.1;
  for (let tick = 0; tick < 9; tick++) probe();
  t.strictSame([probe(), probe(), probe()], [3, 4, 5]);
});

function fakeHistogram(): DelayHistogram & { enabled: boolean; resets: number; count: number } {
  return {
    enabled: false,
    resets: 0,
    count: 3,
    mean: 21e6,
    max: 90e6,
    min: 10e6,
    stddev: 4e6,
    percentile: (percentile) => percentile * 1e6,
    reset() {
      this.resets += 1;
    },
    enable() {
      this.enabled = true;
      return true;
    },
    disable() {
      this.enabled = false;
      return true;
    },
  };
}

t.test('event loop: each reading ends its interval, an empty one does not', async (t) => {
  const histograms: ReturnType<typeof fakeHistogram>[] = [];
  const timers = new Set<() => void>();
  const clock = manualClock();
  let times = { idle: 100, active: 100 };
  const probe = createEventLoopProbe(
    {
      createHistogram: () => {
        const histogram = fakeHistogram();
        histograms.push(histogram);
        return histogram;
      },
      times: () => times,
      now: () => clock.ms,
      after(delayMs, fire) {
        t.equal(delayMs, 10);
        timers.add(fire);
        return () => timers.delete(fire);
      },
    },
    10,
  );
  t.equal(probe.read(), undefined, 'not started');
  probe.stop();
  probe.start();
  probe.start();
  t.equal(histograms.length, 1, 'starting twice is starting once');
  const [histogram] = histograms;
  t.ok(histogram?.enabled);
  times = { idle: 160, active: 140 };
  t.strictSame(probe.read(), {
    delayMeanMs: 21,
    delayMinMs: 10,
    delayStddevMs: 4,
    delayP50Ms: 50,
    delayP90Ms: 90,
    delayP99Ms: 99,
    delayMaxMs: 90,
    utilization: 0.4,
    resolutionMs: 10,
  });
  t.equal(histogram?.resets, 1);
  t.equal(probe.read()?.utilization, 0, 'no time has passed');
  if (histogram !== undefined) histogram.count = 0;
  times = { idle: 160, active: 150 };
  t.equal(probe.read(), undefined);
  if (histogram !== undefined) histogram.count = 1;
  times = { idle: 170, active: 170 };
  t.equal(probe.read()?.utilization, 0.75, 'the interval goes on from the last reading');

  clock.ms = 221;
  for (const fire of timers) fire();
  if (histogram !== undefined) histogram.count = 9;
  // Nine delays of 21 ms and the first, of 221.
  const joined = probe.read();
  t.match(joined, { delayMeanMs: 41, delayP50Ms: 50, delayP90Ms: 90, delayP99Ms: 221, delayMaxMs: 221 });
  // (9·4² + 9·(21 - 41)² + (221 - 41)²) / 10 is the variance.
  t.equal(joined?.delayStddevMs, Math.sqrt(3614.4));
  t.equal(joined?.delayMinMs, 10);
  if (histogram !== undefined) histogram.count = 200;
  clock.ms = 421;
  for (const fire of timers) fire();
  t.match(probe.read(), { delayP99Ms: 99, delayMaxMs: 200 });

  probe.stop();
  t.notOk(histogram?.enabled);
  t.equal(timers.size, 0);
});

t.test('event loop: a block shows in the maximum and the utilization', async (t) => {
  const probe = createEventLoopProbe();
  probe.start();
  const settle = async () => {
    let reading = probe.read();
    while (reading === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      reading = probe.read();
    }
    return reading;
  };
  await settle();
  // The histogram was reset just now and has not ticked since.
  const until = performance.now() + 120;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 1));
  const reading = await settle();
  probe.stop();
  t.ok(reading.delayMaxMs >= 100, `${reading.delayMaxMs} ms`);
  t.ok(reading.utilization > 0.5);
});

t.test('collector: a full collection without a start flag, and the flag is taken back', async (t) => {
  const collector = createCollector();
  t.equal(collector.available, true);
  let garbage: unknown[] | undefined = Array.from({ length: 200_000 }, (_, index) => ({ index }));
  t.equal(garbage.length, 200_000);
  garbage = undefined;
  const { before, after, pauseMs } = collector.collect();
  t.ok(before.usedBytes - after.usedBytes > 1e6);
  t.ok(pauseMs > 0);
  const { runInNewContext } = await import('node:vm');
  t.equal(runInNewContext('typeof gc'), 'undefined');
});

t.test('collector: a gc function that is already there is used, and timed', async (t) => {
  const clock = manualClock();
  const before = createHeapProbe()();
  const after = { ...before, usedBytes: 1 };
  let collected = false;
  const findGc = () => () => {
    clock.ms += 30;
    collected = true;
  };
  const collector = createCollector({ findGc, clock, readHeap: () => (collected ? after : before) });
  t.strictSame(collector.collect(), { before, after, pauseMs: 30 });

  let calls = 0;
  t.intercept(globalThis, 'gc', { value: () => (calls += 1), configurable: true });
  createCollector().collect();
  t.equal(calls, 1);
});

t.test('collector: says so when the runtime cannot', async (t) => {
  const cause = new Error('flags are frozen');
  const throwing = createCollector({
    findGc: () => {
      throw cause;
    },
  });
  t.equal(throwing.available, false);
  t.throws(() => throwing.collect(), { code: 'TIDEMARK_ERR_GC_UNAVAILABLE', cause });
  const missing = createCollector({ findGc: () => undefined });
  t.equal(missing.available, false);
  t.throws(() => missing.collect(), TidemarkError);
});
