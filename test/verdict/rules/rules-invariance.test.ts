import t from 'tap';
import { base, classes, HORIZON_SECONDS, judged } from './classes.js';
import { floors, startMs } from '../synthetic-floors.js';

t.test('the origin of the clocks does not matter', async (t) => {
  for (const [verdict, shape] of classes) {
    const points = floors(shape);
    const plain = judged(points);
    t.equal(plain.verdict, verdict);
    const moved = judged(
      points.map((point) => ({
        ...point,
        atMs: point.atMs - 5e10,
        monotonicMs: point.monotonicMs + 8.64e8,
        requests: point.requests + 1e7,
      })),
    );
    t.equal(moved.verdict, verdict, `${verdict} is`);
    t.match(moved, 'confidence' in plain ? { confidence: plain.confidence } : {});
  }
});

t.test('the scale of time does not matter if the horizon scales with it', async (t) => {
  for (const [verdict, shape] of classes) {
    const points = floors(shape);
    for (const factor of [0.25, 3, 50]) {
      const scaled = points.map((point) => ({
        ...point,
        atMs: startMs + factor * (point.atMs - startMs),
        monotonicMs: factor * point.monotonicMs,
      }));
      t.equal(
        judged(scaled, factor * HORIZON_SECONDS).verdict,
        verdict,
        `${verdict}, ${factor} times as slow`,
      );
    }
  }
});

t.test('a slightly larger constant level does not matter', async (t) => {
  for (const [verdict, shape] of classes) {
    const points = floors(shape);
    for (const share of [-0.004, 0.001, 0.004]) {
      const moreBytes = share * base;
      const raised = points.map((point) => ({
        ...point,
        heapBytes: point.heapBytes + moreBytes,
        tenuredBytes: point.tenuredBytes + moreBytes,
        committedBytes: point.committedBytes + moreBytes,
      }));
      t.equal(judged(raised).verdict, verdict, `${verdict}, ${100 * share} % more`);
    }
  }
});
