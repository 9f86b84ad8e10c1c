import t from 'tap';
import { createGcPause } from '../../../src/cost/gc-pause.js';
import { TidemarkError } from '../../../src/base/errors.js';
import type { GcEvent, Sample } from '../../../src/measure/reading.js';
import {
  fullCreditMs,
  probeIsDue,
  probeWaitMs,
  type ProbeState,
} from '../../../src/verdict/probes/gc-probe.js';
import {
  createProbeScheduler,
  type ProbeSchedulerOptions,
} from '../../../src/verdict/probes/probe-scheduler.js';
import { scriptedClock } from '../../helpers/scripted-clock.js';
import { floors, MiB } from '../synthetic-floors.js';

const SHARE = 0.001;

/** A state in which a probe is due. */
const due: ProbeState = {
  mode: 'suspicion',
  share: SHARE,
  nowMs: 100_000,
  lastProbeMs: 50_000,
  probes: 10,
  creditMs: 100,
  pauseMs: 30,
  flatProbes: 0,
  excessBytes: MiB,
  floorBytes: 30 * MiB,
};

t.test('a probe is due if it is affordable and something may have been retained', async (t) => {
  t.equal(probeIsDue(due), true);
  t.equal(probeIsDue({ ...due, mode: 'off' }), false);
  t.equal(probeIsDue({ ...due, lastProbeMs: 99_000 }), false, 'not so soon after the last');
  t.equal(probeIsDue({ ...due, creditMs: 29 }), false, 'not on credit that is not there');
  t.equal(probeIsDue({ ...due, excessBytes: 100 * 1024 }), false, 'not without suspicion');
  t.equal(probeIsDue({ ...due, excessBytes: MiB, floorBytes: 500 * MiB }), false, 'relative to the floor');
  t.equal(probeIsDue({ ...due, excessBytes: 0, probes: 2 }), true, 'unless floors are few');
  t.equal(probeIsDue({ ...due, excessBytes: 0, mode: 'interval' }), true, 'or are wanted all the time');
});

t.test('the wait is the longer of spacing and credit', async (t) => {
  t.equal(probeWaitMs(due), 0);
  const rich = { ...due, lastProbeMs: due.nowMs, creditMs: 240 };
  t.equal(probeWaitMs(rich), 6_000);
  t.equal(
    probeWaitMs({ ...rich, creditMs: 100 }),
    11_250,
    'a minute is to be paid from 100 ms and 60 that it adds',
  );
  t.equal(probeWaitMs({ ...rich, creditMs: 100, probes: 2 }), 6_000, 'but for the first floors');
  t.equal(probeWaitMs({ ...due, creditMs: 20 }), 10_000, '10 ms at a thousandth');
  t.equal(probeWaitMs({ ...rich, flatProbes: 3 }), 24_000, 'longer after flat ones');
  t.equal(probeWaitMs({ ...rich, flatProbes: 50 }), 96_000, 'but not for ever');
  const pauseMs = 10 * fullCreditMs(SHARE);
  t.equal(
    probeWaitMs({ ...due, lastProbeMs: 0, pauseMs, creditMs: fullCreditMs(SHARE) }),
    0,
    'a huge heap waits for full credit',
  );
});

const options: ProbeSchedulerOptions = { gcProbe: 'suspicion', gcProbeShare: SHARE };
const sampleOf = (usedBytes: number, externalBytes = 5 * MiB): Sample => ({
  at: 0,
  monotonicMs: 0,
  heap: {
    usedBytes,
    committedBytes: usedBytes,
    limitBytes: 1024 * MiB,
    mallocedBytes: 0,
    externalBytes,
    nativeContexts: 1,
    detachedContexts: 0,
    spaces: [],
  },
});
const sample = sampleOf(30 * MiB);

/** A minor GC that leaves this much outside the young generation. */
function tenured(bytes: number): GcEvent {
  const after = {
    usedBytes: bytes + MiB,
    committedBytes: 0,
    externalBytes: 0,
    oldSpaceUsedBytes: bytes,
    newSpaceUsedBytes: MiB,
    spaces: [],
  };
  return { kind: 'minor', startMs: 0, exactTime: true, pauseMs: 1, before: after, after };
}

const floorOf = (heapBytes: number) => floors({ points: 1, heap: () => heapBytes, noiseBytes: 0 })[0]!;

function scheduling(given: Partial<ProbeSchedulerOptions> = {}) {
  const clock = scriptedClock();
  const pause = createGcPause();
  const gcPauseMs = () => pause.expectedMs(sample.heap?.usedBytes);
  const scheduler = createProbeScheduler({ ...options, ...given }, { clock, gcPauseMs });
  /** Seconds until a probe is due, asked once a second; at most `limit`. */
  const wait = (now: Sample = sample, limit = 2_000): number => {
    for (let seconds = 0; seconds < limit; seconds += 1) {
      if (scheduler.isDue(now)) return seconds;
      clock.advance(1_000);
    }
    return limit;
  };
  const probe = (heapBytes: number, pauseMs = 20): void => {
    pause.paid(pauseMs, 1);
    scheduler.paid(pauseMs);
    scheduler.probed(floorOf(heapBytes));
  };
  return { clock, scheduler, wait, probe };
}

t.test('a new process is probed three times, then only on suspicion', async (t) => {
  const { scheduler, wait, probe } = scheduling();
  for (let i = 0; i < 3; i += 1) {
    t.ok(wait() <= 12, `probe ${i + 1}`);
    probe(30 * MiB);
  }
  t.equal(wait(), 2_000, 'a healthy one is left alone');
  scheduler.observe([tenured(40 * MiB)]);
  t.equal(wait(), 0, 'until something may have been retained');
  probe(39 * MiB);
  scheduler.observe([tenured(39 * MiB)]);
  t.equal(wait(sampleOf(60 * MiB)), 2_000, 'what is young is no suspicion');
  t.equal(wait(sampleOf(30 * MiB, 50 * MiB)), 0, 'external memory is');
});

t.test('probes that find no change become ever rarer', async (t) => {
  const { scheduler, wait, probe } = scheduling();
  scheduler.observe([tenured(50 * MiB)]);
  const waits = Array.from({ length: 8 }, () => {
    const seconds = wait();
    probe(30 * MiB, 1);
    return seconds;
  });
  t.same(waits, [6, 6, 6, 12, 24, 48, 96, 96]);
  probe(35 * MiB, 1);
  t.equal(wait(), 6, 'a floor that moved starts over');
});

t.test('pauses stay within their share in the long run', async (t) => {
  for (const pauseMs of [5, 50, 400]) {
    const { clock, wait, probe } = scheduling({ gcProbe: 'interval' });
    const began = clock.monotonic();
    let spentMs = 0;
    while (clock.monotonic() - began < 6 * 3_600_000) {
      wait(sample, 20_000);
      probe(30 * MiB, pauseMs);
      spentMs += pauseMs;
    }
    const share = spentMs / (clock.monotonic() - began);
    t.ok(share <= 1.05 * SHARE, `${pauseMs} ms pauses took ${share}`);
    t.ok(pauseMs < 8 || share > 0.8 * SHARE, `${pauseMs} ms: and use it`);
  }
});

t.test('a refusal is retried later, a fault is reported', async (t) => {
  const { clock, scheduler } = scheduling({ gcProbe: 'interval' });
  const faults: unknown[] = [];
  clock.advance(6_000);
  t.equal(scheduler.isDue(sample), true);
  scheduler.refused(new TidemarkError('TIDEMARK_ERR_COST_OVERLOADED'), (fault) => faults.push(fault));
  t.equal(scheduler.isDue(sample), false);
  clock.advance(9_999);
  t.equal(scheduler.isDue(sample), false);
  clock.advance(1);
  t.equal(scheduler.isDue(sample), true);
  t.same(faults, [], 'an overloaded process is no fault');
  const fault = new Error('mine');
  scheduler.refused(fault, (one) => faults.push(one));
  t.same(faults, [fault]);
});

t.test('it says when the next probe is allowed', async (t) => {
  const { clock, scheduler } = scheduling();
  t.equal(scheduler.nextProbeSeconds(sample), 6);
  clock.advance(5_000);
  t.equal(scheduler.nextProbeSeconds(sample), 1);
  t.equal(scheduling({ gcProbe: 'off' }).scheduler.nextProbeSeconds(sample), undefined);
  t.equal(scheduling({ gcProbe: 'off' }).wait(), 2_000, 'off is never');
});
