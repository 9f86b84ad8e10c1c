import t from 'tap';
import { planWindow, refusalOf } from '../../../src/profile/windows/plan.js';

const MiB = 2 ** 20;
const refusal = (headroomBytes: number): string | undefined =>
  refusalOf({ allocatedBytesPerSecond: 0, headroomBytes });
const traffic = (allocatedBytesPerSecond: number) => ({ allocatedBytesPerSecond, headroomBytes: Infinity });

t.test('uses the smallest interval on a quiet server', async (t) => {
  t.match(planWindow(traffic(0)), { openMs: 1150, samplingIntervalBytes: 512 });
  // 10 samples a millisecond.
  t.match(planWindow(traffic(5_120_000)), { openMs: 1150, samplingIntervalBytes: 512 });
});

t.test('ends when samples have used their processor time', async (t) => {
  // 30 samples a millisecond of 10 µs each are 30 % of a core; a fifth of 250 ms goes to the settling.
  const { openMs, samplingIntervalBytes } = planWindow(traffic(15_360_000));
  t.equal(samplingIntervalBytes, 512);
  t.ok(Math.abs(openMs - 250 / 1.2 / 0.3) < 1e-9, `${openMs} ms`);
});

t.test('bounds samples to 35 % of a core by a larger interval', async (t) => {
  // 17 kB for each of 4,300 requests a second.
  const saturated = planWindow(traffic(73_100_000));
  t.equal(saturated.samplingIntervalBytes, Math.round(73_100 / 35));
  t.ok(Math.abs(saturated.openMs - 250 / 1.2 / 0.35) < 1e-9, `${saturated.openMs} ms`);
  t.equal(planWindow(traffic(731_000_000)).openMs, saturated.openMs);
});

t.test('follows requests no longer than requested, and at most 1.15 s', async (t) => {
  t.equal(planWindow(traffic(0), 30).openMs, 30);
  t.equal(planWindow(traffic(0), 60_000).openMs, 1150);
});

t.test('waits for the last requests, and for what they release', async (t) => {
  t.match(planWindow(traffic(0)), { drainMs: 575, settleMs: 230 });
  t.match(planWindow(traffic(0), 100), { drainMs: 100, settleMs: 40 });
});

t.test('bounds marks to 16 MiB, and opens no window near the memory limit', async (t) => {
  t.equal(planWindow(traffic(0)).maxMarkBytes, 16 * MiB);
  t.equal(refusal(48 * MiB), undefined);
  t.equal(refusal(Infinity), undefined);
  t.equal(refusal(20.4 * MiB), '20 MiB are left to the limit, and a window may need 48');
  t.match(refusal(-MiB), /^-1 MiB are left/);
});
