import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { createFailures } from '../../src/base/failures.js';
import { resolveOptions } from '../../src/config/resolve.js';
import { createGcTotals } from '../../src/measure/gc-totals.js';
import type { GcEvent, Sample } from '../../src/measure/reading.js';
import type { LiveProfile } from '../../src/profile/live-profile.js';
import type { Retention, RetentionWindows } from '../../src/profile/windows/windows.js';
import { createJudge } from '../../src/runtime/judge.js';
import { isRising } from '../../src/verdict/verdict.js';
import { heapOf, majorGc, MiB } from '../answers/helpers/scripted-core.js';
import { until } from '../helpers/plugged-app.js';
import { scriptedClock } from '../helpers/scripted-clock.js';
import { retention } from '../profile/windows/retention-builder.js';

t.test('what somebody asks for waits for a window that nobody asked for, and is not refused', async (t) => {
  const clock = scriptedClock();
  const collections: GcEvent[] = [];
  const paid: string[] = [];
  let end!: (found: Retention) => void;
  let isOpen = false;
  const windows = {
    results: [],
    affordable: () => true,
    refusal: () => undefined,
    heldMarksAt: () => false,
    async run() {
      isOpen = true;
      return new Promise<Retention>((resolve) => (end = resolve)).finally(() => (isOpen = false));
    },
  } as Partial<RetentionWindows> as RetentionWindows;
  const latest = (): Sample => ({ at: clock.wall(), monotonicMs: clock.monotonic(), heap: heapOf(50 * MiB) });
  const collection = { pauseMs: 1, before: heapOf(2), after: heapOf(1) };
  const judge = createJudge(resolveOptions({ verdict: { gcProbe: 'off' } }, {}), {
    clock,
    failures: createFailures({ warn: () => undefined }),
    evidence: {
      recorder: undefined,
      profile: { running: true } as LiveProfile,
      windows,
      gcTotals: createGcTotals(),
      latest,
      openConnections: () => 0,
      takeCollections: () => collections.splice(0),
      collectNow: () => collection,
      pace: undefined,
    },
    ledger: {
      async pay(name, _collections, run) {
        paid.push(name);
        return { value: await run({ blocked: () => undefined }), costMs: 1 };
      },
      gcPauseMs: () => 1,
      countProbe: () => undefined,
    },
  });
  for (let i = 0; i < 30; i += 1) {
    clock.advance(5_000);
    collections.push(majorGc(clock.monotonic(), (50 + i) * MiB));
    judge.look(latest());
  }
  const judgement = judge.judgement();
  t.ok(judgement && isRising(judgement), 'the heap rises');

  const investigating = judge.investigate();
  await until('it is open', () => isOpen);
  t.same(paid, ['retention window']);
  const collecting = judge.collect(1);
  await turn();
  t.same(paid, ['retention window'], 'one at a time');
  end(retention([], { fromMs: clock.monotonic() }));
  await collecting;
  t.equal(isOpen, false);
  t.same(paid, ['retention window', 'GC']);
  await investigating;
  await judge.makeWay();
});
