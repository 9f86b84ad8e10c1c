import t from 'tap';
import { sampledOf } from '../../../src/profile/sampled.js';
import { windowIsDue } from '../../../src/verdict/probes/window-due.js';
import { leftBy, retention, siteNamed } from '../../profile/windows/retention-builder.js';

const MINUTE_MS = 60_000;

/** A window that ended at such a second and saw so many requests leave something. */
const window = (second: number, survivors: number) =>
  retention(
    [
      leftBy(1, 200, [
        {
          site: siteNamed('keep'),
          stack: [],
          parts: Array.from({ length: survivors }, () => sampledOf(540, 512)),
        },
      ]),
    ],
    { fromMs: second * 1000 - 1000 },
  );

t.test('a rise needs a first window', async (t) => {
  t.equal(windowIsDue([], 0), true);
});

t.test('repeats windows until the leading cause has enough survivors', async (t) => {
  const few = [window(10, 40)];
  t.equal(windowIsDue(few, 12_000), false, 'not at once');
  t.equal(windowIsDue(few, 13_000), true);
  const known = [window(10, 90), window(20, 90)];
  t.equal(windowIsDue(known, 9 * MINUTE_MS), false);
  t.equal(windowIsDue(known, 11 * MINUTE_MS), true, 'growth that goes on is looked at again');
});

t.test('opens at least two windows and at most four in a row', async (t) => {
  t.equal(windowIsDue([window(10, 200)], 13_000), true);
  const few = [1, 2, 3, 4].map((at) => window(10 * at, 3));
  t.equal(windowIsDue(few.slice(1), MINUTE_MS), true);
  t.equal(windowIsDue(few, MINUTE_MS), false);
});

const outside = (second: number) => ({
  ...window(second, 0),
  outside: window(second, 90).routes[0]!.sites,
});

t.test('counts work outside requests as a cause', async (t) => {
  t.equal(windowIsDue([outside(10), outside(20)], MINUTE_MS), false);
});
