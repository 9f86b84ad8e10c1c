import t from 'tap';
import { sampleWeight } from '../../src/instances/class-counts.js';
import type { ExactCountingSources } from '../../src/instances/exact-counting.js';
import { createInstances, MAX_CLASSES, type InstancesOptions } from '../../src/instances/instances.js';
import { createSampledCounter } from '../../src/instances/sampled-counter.js';
import { createCollector } from '../../src/measure/collect.js';
import { createRandom } from '../../src/statistics/random.js';
import { until } from '../helpers/plugged-app.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

const collector = createCollector();

/** Collects until it is so: finalizers run in a later turn of the event loop. */
async function collectedUntil(what: string, isSo: () => boolean): Promise<void> {
  await until(what, () => {
    if (!isSo()) collector.collect();
    return isSo();
  });
}

const free: ExactCountingSources['admission'] = {
  run: async (_operation, fn) => ({ value: await fn({ blocked: () => undefined }), costMs: 3 }),
};

function make(options: Partial<InstancesOptions> = {}) {
  const clock = scriptedClock();
  const instances = createInstances({
    clock,
    admission: free,
    gcPauseMs: () => 1,
    paid: () => undefined,
    ...options,
  });
  return { clock, instances };
}

t.test('a tracked class behaves as itself', async (t) => {
  const targets: unknown[] = [];
  class Base {
    static made = 0;
    static of(): Base {
      return new this('of');
    }
    #secret = 7;
    constructor(readonly id: string) {
      targets.push(new.target);
      if (id === '') throw new RangeError('no id');
      Base.made += 1;
    }
    secret(): number {
      return this.#secret;
    }
  }
  const { instances } = make();
  const Tracked = instances.track(Base);
  class Sub extends Tracked {
    readonly sub = true;
  }
  const base = new Tracked('a');
  const sub = new Sub('b');
  t.ok(base instanceof Tracked && base instanceof Base && sub instanceof Tracked && sub instanceof Sub);
  t.same([base.id, base.secret(), sub.sub, sub.secret(), Tracked.name], ['a', 7, true, 7, 'Base']);
  t.equal(Object.getPrototypeOf(sub), Sub.prototype);
  t.same(targets, [Base, Sub], 'new.target is the class, or the subclass');
  Tracked.of();
  t.equal(Tracked.made, 3, 'statics are shared');
  t.throws(() => new Tracked(''), RangeError);
  t.match(instances.readings(), [{ class: 'Base', created: 3, live: 3 }], 'a throw constructs nothing');
  t.equal(instances.track(Base), Tracked, 'the same class twice');
  t.equal(instances.track(Tracked), Tracked, 'and what was returned');
});

t.test('instances go when nobody holds them, and the count with them', async (t) => {
  class Order {
    id = 1;
  }
  const { instances } = make();
  const Tracked = instances.track(Order, { name: 'orders' });
  const kept = Array.from({ length: 30 }, () => new Tracked());
  for (let i = 0; i < 500; i += 1) void new Tracked();
  t.match(instances.readings(), [{ class: 'orders', created: 530 }]);
  const live = (): number | undefined => instances.readings()[0]?.live;
  await collectedUntil('only those held are left', () => live() === 30);
  t.same([...instances.live()], [['orders', kept.length]]);
  kept.length = 10;
  await collectedUntil('those let go are gone', () => live() === 10);
  t.match(instances.readings(), [{ created: 530, finalized: 520, sampleEvery: 1 }]);
  t.equal(kept.length, 10);
});

t.test('very many instances are sampled, and the estimate says so and is near', async (t) => {
  t.same([0, 8191, 8192, 16_384, 1e12].map(sampleWeight), [1, 1, 2, 4, 2 ** 20]);
  const counter = createSampledCounter({ weightOf: () => 16, random: createRandom(5) });
  const kept: object[] = [];
  // Each 16th stays: a fixed place in each block would see all of them, or none.
  for (let i = 0; i < 32_000; i += 1) {
    const instance = {};
    if (i % 16 === 0) kept.push(instance);
    counter.add(instance);
  }
  t.equal(counter.registrations, 2000);
  t.equal(counter.sampleEvery, 16);
  await collectedUntil('what nobody holds is gone', () => counter.registrations < 400);
  // 2000 blocks, each of which watches its kept one with a probability of 1/16: 125 ± 11 of them, times 16.
  t.ok(Math.abs(counter.live - kept.length) < 5 * 16 * 11, `${counter.live} for ${kept.length}`);
});

t.test('what cannot be tracked is refused with a code, and tracks nothing', async (t) => {
  const { instances } = make();
  const invalid = { code: 'TIDEMARK_ERR_INSTANCES_INVALID' };
  for (const value of [undefined, {}, 'Order', () => ({}), Math.max]) {
    t.throws(() => instances.track(value as never), invalid, typeof value);
  }
  t.throws(
    () =>
      instances.track(
        class {
          id = 1;
        },
      ),
    invalid,
    'without a name',
  );
  t.throws(
    () =>
      instances.track(
        class A {
          id = 1;
        },
        { name: 'x'.repeat(129) },
      ),
    invalid,
  );
  instances.track(
    class Order {
      id = 1;
    },
  );
  t.throws(
    () =>
      instances.track(
        class Order {
          id = 1;
        },
      ),
    { ...invalid, message: /"Order"/ },
  );
  for (let i = 1; i < MAX_CLASSES; i += 1)
    instances.track(
      class {
        id = 1;
      },
      { name: `class ${i}` },
    );
  t.throws(
    () =>
      instances.track(
        class Last {
          id = 1;
        },
      ),
    { code: 'TIDEMARK_ERR_INSTANCES_LIMIT' },
  );
  t.equal(instances.size, MAX_CLASSES);
});

t.test('a count that rises from floor to floor grows; one that stays or hardly rises does not', async (t) => {
  const { instances, clock } = make();
  const Leak = instances.track(
    class Leak {
      id = 1;
    },
  );
  const Steady = instances.track(
    class Steady {
      id = 1;
    },
  );
  const Few = instances.track(
    class Few {
      id = 1;
    },
  );
  const kept: object[] = Array.from({ length: 40 }, () => new Steady());
  const startMs = clock.monotonic();
  for (let floor = 1; floor <= 10; floor += 1) {
    for (let i = 0; i < 100; i += 1) kept.push(new Leak());
    if (floor <= 8) kept.push(new Few());
    clock.advance(10_000);
    instances.observe(floor);
    if (floor < 5) t.same(instances.growing(startMs), [], 'too early');
  }
  t.match(instances.growing(startMs), [{ name: 'Leak', size: 1000, growthPerSecond: 10 }]);
  t.equal(instances.growing(startMs).length, 1);
  t.same(instances.growing(clock.monotonic()), [], 'too few points since then');
  const leak = instances.readings()[0]?.growthPerSecond;
  t.ok(leak && leak.low > 0 && leak.high >= leak.value);
  t.equal(kept.length, 1048);
});

t.test('garbage that comes and goes between floors is no growth', async (t) => {
  const { instances, clock } = make();
  const Session = instances.track(
    class Session {
      id = 1;
    },
  );
  const live = (): number | undefined => instances.readings()[0]?.live;
  const startMs = clock.monotonic();
  const kept = Array.from({ length: 50 }, () => new Session());
  for (let floor = 1; floor <= 7; floor += 1) {
    for (let i = 0; i < 50 * floor; i += 1) void new Session();
    clock.advance(10_000);
    await collectedUntil('the garbage is gone', () => live() === 50);
    instances.observe(floor);
  }
  t.same(instances.growing(startMs), []);
  t.same(instances.readings()[0]?.growthPerSecond, { value: 0, low: 0, high: 0 });
  t.equal(kept.length, 50);
});

t.test('exact counts see what was constructed elsewhere, and are paid one by one', async (t) => {
  const operations: string[] = [];
  const expected: number[] = [];
  let paidMs = 0;
  const { instances, clock } = make({
    gcPauseMs: () => 2,
    paid: (ms) => (paidMs += ms),
    admission: {
      run(operation, fn) {
        operations.push(operation.name);
        expected.push(operation.expectedMs);
        return free.run(operation, fn);
      },
    },
  });
  class Parent {
    id = 1;
  }
  class Child extends Parent {}
  instances.track(Parent);
  instances.track(Child);
  const kept = [new Parent(), new Parent(), new Child()];
  t.same(await instances.countAll(), [
    { class: 'Parent', count: 3 },
    { class: 'Child', count: 1 },
  ]);
  t.same(operations, ['count of Parent', 'count of Child']);
  t.same(expected, [30, 3], 'the first is a guess, the second what the first took');
  t.equal(paidMs, 6);
  t.match(instances.readings(), [{ created: 0, live: 3, exact: { count: 3, atMs: clock.wall() } }, {}]);
  kept.length = 1;
  t.match(await instances.countAll(), [{ count: 1 }, { count: 0 }]);
  t.equal(kept.length, 1);
});

t.test('once stopped nothing is counted, and what was returned still constructs', async (t) => {
  const { instances } = make();
  class Order {
    id = 1;
  }
  const Tracked = instances.track(Order);
  instances.stop();
  t.ok(new Tracked() instanceof Order);
  t.same(instances.readings(), []);
  t.equal(instances.track(Order), Order, 'as it is');
  t.same(await instances.countAll(), []);
});
