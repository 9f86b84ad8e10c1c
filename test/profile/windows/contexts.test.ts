import { AsyncResource } from 'node:async_hooks';
import t, { type Test } from 'tap';
import { followContexts, type Contexts } from '../../../src/profile/windows/contexts.js';
import { NOBODY, UNKNOWN } from '../../../src/profile/windows/marks.js';

function followed(t: Test): Contexts {
  const contexts = followContexts(() => undefined);
  t.teardown(() => contexts.stop());
  return contexts;
}

/** What `ask` says in a turn of its own. */
const later = async <T>(ask: () => T): Promise<T> =>
  new Promise((resolve) => setImmediate(() => resolve(ask())));

t.test('nested work has its own owner, and the interrupted work keeps its owner', async (t) => {
  const contexts = followed(t);
  const { current } = contexts;
  const bound = contexts.run(1, () => new AsyncResource('bound'));
  const seen = await contexts.run(2, async () =>
    later(() => [current(), bound.runInAsyncScope(current), current(), contexts.run(3, current), current()]),
  );
  t.same(seen, [2, 1, 2, 3, 2]);
});

t.test('the owner of excessively nested work is unknown until the nesting ends', async (t) => {
  const contexts = followed(t);
  const { current } = contexts;
  /** Owners at each depth, on the way in and on the way out. */
  const owners = (depth: number): [number, number][] =>
    contexts.run(depth, () => {
      const before = current();
      const inner = depth === 400 ? [] : owners(depth + 1);
      return [[before, current()], ...inner];
    });
  for (const [at, found] of (await later(() => owners(1))).entries()) {
    const expected = at < 250 ? at + 1 : found[0] === at + 1 ? at + 1 : UNKNOWN;
    t.same(found, [expected, expected]);
  }
  t.equal(await contexts.run(7, async () => later(current)), 7);
  t.equal(await later(current), NOBODY);
});

t.test('an uncaught error ends the work that it interrupted', async (t) => {
  const contexts = followed(t);
  const { current } = contexts;
  let caught = 0;
  process.setUncaughtExceptionCaptureCallback(() => (caught += 1));
  t.teardown(() => process.setUncaughtExceptionCaptureCallback(null));
  const bound = contexts.run(1, () => new AsyncResource('bound'));
  for (let error = 0; error < 300; error += 1) {
    contexts.run(2, () =>
      setImmediate(() =>
        bound.runInAsyncScope(() => {
          throw new Error('nobody catches this');
        }),
      ),
    );
    await later(() => undefined);
  }
  process.setUncaughtExceptionCaptureCallback(null);
  t.equal(caught, 300);
  t.equal(await later(current), NOBODY);
  t.equal(await contexts.run(7, async () => later(current)), 7);
});
