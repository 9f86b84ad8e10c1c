import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { TidemarkOptions } from '../../src/config/options.js';
import { resolveOptions } from '../../src/config/resolve.js';
import type { GcWindows } from '../../src/measure/gc-windows.js';
import { createSystemProbes, type SamplerProbes } from '../../src/measure/sampler.js';
import { createRuntime } from '../../src/runtime/runtime.js';
import { until } from '../helpers/plugged-app.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

const refuse = (): never => {
  throw new Error('refused by the sandbox');
};

const unprofiled: TidemarkOptions = { profile: { enabled: false } };

const quiet: GcWindows = {
  start: () => undefined,
  stop: () => undefined,
  drain: () => [],
  onGc: () => () => undefined,
  dropped: () => 0,
};

/** A runtime that reads nothing but what the test gives it. */
function scripted(
  t: Test,
  given: {
    options?: TidemarkOptions;
    gcWindows?: Partial<GcWindows>;
    probes?: SamplerProbes;
    collect?: () => never;
    warn?: () => void;
  },
) {
  const clock = scriptedClock();
  const warnings: string[] = [];
  const warn = given.warn ?? ((details: object) => void warnings.push((details as { part: string }).part));
  const runtime = createRuntime(
    resolveOptions({ stateDirectory: t.testdir(), ...(given.options ?? unprofiled) }, {}),
    {
      clock,
      log: { warn, info: () => undefined },
      probes: given.probes ?? {},
      gcWindows: { ...quiet, ...given.gcWindows },
      ...(given.collect && { collector: { available: true, collect: given.collect } }),
    },
  );
  return { runtime, core: runtime.core, clock, warnings };
}

t.test('a step of a tick that fails stops neither the other steps nor later ticks', async (t) => {
  let failures = 2;
  const drain = () => (failures-- > 0 ? refuse() : []);
  const { runtime, core, clock, warnings } = scripted(t, {
    gcWindows: { drain },
    probes: { cpu: () => ({ userSeconds: 1, systemSeconds: 1, utilization: 0.5 }) },
    options: { verdict: { gcProbe: 'off' } },
  });
  for (let ticks = 0; ticks < 4; ticks += 1) {
    clock.advance(10_000);
    await runtime.tick();
  }
  t.equal(failures, -2, 'collections were asked for at each tick');
  const { last } = core.history!.query({}).series['cpuUtilization']!;
  t.equal(last.filter((value) => value !== null).length, 4, 'and each tick is in the history');
  t.match(core.failures(), { gcWindows: 2 });
  t.same(warnings, ['gcWindows'], 'logged once');
});

t.test('probes go on after one that failed, even if the log fails as well', async (t) => {
  let asked = 0;
  const collect = () => {
    asked += 1;
    return refuse();
  };
  const { runtime, core, clock } = scripted(t, {
    collect,
    warn: refuse,
    options: { profile: { enabled: false }, verdict: { gcProbe: 'interval' } },
  });
  for (let ticks = 0; ticks < 20; ticks += 1) {
    clock.advance(10_000);
    await runtime.tick();
  }
  t.ok(asked > 2, `${asked} probes`);
  t.equal(core.failures()['probe'], asked);
});

t.test('a probe that fails is absent, counted, and logged once', async (t) => {
  const warnings: { part: string }[] = [];
  const options = resolveOptions({ stateDirectory: t.testdir() }, {});
  const runtime = createRuntime(options, {
    log: { info: () => undefined, warn: (details) => void warnings.push(details as { part: string }) },
    probes: { ...createSystemProbes(), memoryUsage: refuse, cgroup: refuse, descriptors: refuse },
    readDeep: refuse,
  });
  await runtime.start();
  t.teardown(() => runtime.stop());
  await runtime.tick();
  await runtime.tick();
  const { core } = runtime;
  const sample = core.latest();
  t.notOk('rssBytes' in sample || 'cgroup' in sample || 'descriptors' in sample);
  t.ok(sample.heap && sample.cpu && sample.limit, 'the others answer');
  t.match(core.failures(), { memoryUsage: 3, cgroup: 3, descriptors: 3, heap: 0 });
  t.same(warnings.map(({ part }) => part).toSorted(), ['cgroup', 'descriptors', 'memoryUsage']);
});

/** What was started and not stopped. */
function started(given: { start?: () => void; stop?: () => void } = {}) {
  const running = new Set<string>();
  const gcWindows: GcWindows = {
    ...quiet,
    start() {
      running.add('gcWindows');
      given.start?.();
    },
    stop() {
      running.delete('gcWindows');
      given.stop?.();
    },
    onGc() {
      running.add('onGc');
      return () => running.delete('onGc');
    },
  };
  const eventLoop = {
    start: () => void running.add('eventLoop'),
    stop: () => void running.delete('eventLoop'),
    read: () => undefined,
  };
  return { running, gcWindows, probes: { eventLoop } };
}

t.test('a start that fails half-way stops what it had started', async (t) => {
  const { running, gcWindows, probes } = started({ start: refuse });
  const { runtime } = scripted(t, { gcWindows, probes });
  await t.rejects(runtime.start(), { message: 'refused by the sandbox' });
  t.same([...running], []);
  t.equal(runtime.core.stopping.aborted, true);
  await t.resolves(runtime.stop(), 'and it can be closed all the same');
});

t.test('what does not stop keeps nothing else from stopping', async (t) => {
  const { running, gcWindows, probes } = started({ stop: refuse });
  const { runtime, core, warnings } = scripted(t, { gcWindows, probes, options: {} });
  await runtime.start();
  t.same([...running].toSorted(), ['eventLoop', 'gcWindows', 'onGc']);
  t.equal(core.profile?.running, true);
  await t.resolves(runtime.stop());
  t.same([...running], []);
  t.equal(core.profile?.running, false);
  t.match(core.failures(), { gcWindows: 1 });
  t.same(warnings, ['gcWindows']);
});

t.test('a runtime that was stopped does not start', async (t) => {
  const { running, gcWindows, probes } = started();
  const early = scripted(t, { gcWindows, probes }).runtime;
  await early.stop();
  await early.start();
  t.same([...running], []);

  const hasty = scripted(t, { gcWindows, probes }).runtime;
  const starting = hasty.start();
  await Promise.all([hasty.stop(), hasty.stop(), starting]);
  t.same([...running], [], 'nor one that is stopped while it starts');
});

t.test('once started it ticks by itself, and not after it was stopped', async (t) => {
  let ticks = 0;
  const drain = () => {
    ticks += 1;
    return [];
  };
  const { runtime } = scripted(t, { gcWindows: { drain }, options: { history: { intervalSeconds: 1 } } });
  await runtime.start();
  await until('a tick came', () => ticks > 0);
  await runtime.stop();
  const before = ticks;
  await delay(1_200);
  t.equal(ticks, before);
});
