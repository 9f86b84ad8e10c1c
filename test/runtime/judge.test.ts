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

/** A judge of a heap that rises, over windows that end when the test says so. */
function rising() {
  const clock = scriptedClock();
  const collections: GcEvent[] = [];
  const paid: string[] = [];
  const blockedMs: number[] = [];
  const settle: { end: (found: Retention) => void; fail: (error: unknown) => void } = {
    end: () => undefined,
    fail: () => undefined,
  };
  let isOpen = false;
  const windows = {
    results: [],
    affordable: () => true,
    refusal: () => undefined,
    heldMarksAt: () => false,
    async run() {
      isOpen = true;
      return new Promise<Retention>((resolve, reject) => {
        Object.assign(settle, { end: resolve, fail: reject });
      }).finally(() => (isOpen = false));
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
        return { value: await run({ blocked: (ms) => void blockedMs.push(ms) }), costMs: 1 };
      },
      gcPauseMs: () => 40,
      countProbe: () => undefined,
    },
  });
  for (let i = 0; i < 30; i += 1) {
    clock.advance(5_000);
    collections.push(majorGc(clock.monotonic(), (50 + i) * MiB));
    judge.look(latest());
  }
  return { judge, clock, paid, blockedMs, settle, isOpen: () => isOpen };
}

t.test('what somebody asks for waits for a window that nobody asked for, and is not refused', async (t) => {
  const { judge, clock, paid, settle, isOpen } = rising();
  const judgement = judge.judgement();
  t.ok(judgement && isRising(judgement), 'the heap rises');
  const investigating = judge.investigate();
  await until('it is open', isOpen);
  t.same(paid, ['retention window']);
  const collecting = judge.collect(1);
  await turn();
  t.same(paid, ['retention window'], 'one at a time');
  settle.end(retention([], { fromMs: clock.monotonic() }));
  await collecting;
  t.equal(isOpen(), false);
  t.same(paid, ['retention window', 'GC']);
  await investigating;
  await judge.makeWay();
});

t.test('requests are served while they are followed: only the readings are paid for', async (t) => {
  const { judge, clock, blockedMs, settle, isOpen } = rising();
  const looking = judge.retention();
  await until('it is open', isOpen);
  clock.advance(2_000);
  settle.end(retention([], { pauseMs: 90 }));
  await looking;
  const ended = judge.retention();
  await until('it is open', isOpen);
  clock.advance(1_500);
  settle.fail(new RangeError('the caller disconnected'));
  await t.rejects(ended, RangeError);
  const refused = judge.retention();
  await until('it is asked for', isOpen);
  settle.fail(new RangeError('near the limit'));
  await t.rejects(refused, RangeError);
  t.same(blockedMs, [90, 40, 0], 'and of one that was ended, one reading at the most');
});
