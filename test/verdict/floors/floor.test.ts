import t from 'tap';
import { floorOf, programCode } from '../../../src/verdict/floors/floor.js';
import { judged } from '../rules/classes.js';
import { floors, MiB } from '../synthetic-floors.js';

const compiled = (points: number, codeAt: (i: number) => number, leak = 0) =>
  floors({ points, heap: (at) => 30 * MiB + leak * at, noiseBytes: 0.02 * MiB }).map((point, i) => ({
    ...point,
    heapBytes: point.heapBytes + 2.2 * codeAt(i),
    codeBytes: programCode(codeAt(i), codeAt(0)),
  }));

t.test('the floor of the heap is judged without the code of the program', async (t) => {
  const [point] = floors({ points: 1, heap: () => 30 * MiB, noiseBytes: 0 });
  t.equal(floorOf(point!, 'heap-floor'), 30 * MiB, 'where it is not known, as it is');
  t.equal(Math.round(floorOf({ ...point!, codeBytes: MiB }, 'heap-floor')), Math.round(27.8 * MiB));
  t.equal(floorOf({ ...point!, codeBytes: MiB }, 'external-floor'), 5 * MiB);
  t.ok(Number.isNaN(floorOf(point!, 'native-remainder')));
});

const warming = (i: number): number => MiB + i * 10_000;

t.test('program code is bounded: what a small program adds, or twice what a large one had', async (t) => {
  t.equal(programCode(1.5 * MiB, 0.5 * MiB), 1.5 * MiB);
  t.equal(programCode(2 * MiB, 0.5 * MiB), 1.5 * MiB);
  t.equal(programCode(9 * MiB, 5 * MiB), 9 * MiB);
  t.equal(programCode(12 * MiB, 5 * MiB), 10 * MiB);
});

t.test('continued compilation is no leak, and hides none', async (t) => {
  t.equal(judged(compiled(90, warming)).verdict, 'stable');
  const judgement = judged(compiled(90, warming, 20_000));
  t.equal(judgement.verdict, 'leaking');
  if (judgement.verdict !== 'leaking') return;
  const { value } = judgement.growth.bytesPerSecond;
  t.ok(Math.abs(value / 20_000 - 1) < 0.05, `${value}`);
});

t.test('machine code beyond that of a program is judged like all other memory', async (t) => {
  t.equal(judged(compiled(90, (i) => i * MiB)).verdict, 'leaking');
});

const warmingUp = (at: number): number => 4 * MiB * Math.min(1, at / 20) ** 2;
const leaking = (at: number): number => 66_000 * Math.max(0, at - 20);

t.test('a leak after a warm-up is proven by the run without the warm-up', async (t) => {
  for (const seed of [1, 2, 3, 4]) {
    const shape = { everySeconds: 8, noiseBytes: 0.1 * MiB, seed };
    const heap = (at: number): number => 17 * MiB + warmingUp(at) + leaking(at);
    t.equal(judged(floors({ ...shape, points: 12, heap }), 45).verdict, 'leaking', `seed ${seed}`);
    // The same warm-up and what fills behind it, together shorter than the horizon.
    const filling = (at: number): number => 17 * MiB + warmingUp(at) + leaking(Math.min(at, 40));
    for (let points = 5; points <= 30; points += 1) {
      const { verdict } = judged(floors({ ...shape, points, heap: filling }), 45);
      t.not(verdict, 'leaking', `seed ${seed}, ${points} floors`);
    }
  }
});
