import t from 'tap';
import type { Reading } from '../../../src/profile/reading.js';
import { siteGrowth } from '../../../src/profile/growth.js';
import { markOf, buildCellTable } from '../../../src/profile/cell-table.js';
import { liveStacks } from '../../../src/profile/live-stacks.js';
import { survivalAt, type Survival } from '../../../src/verdict/attribution/survival.js';
import { profileOf } from '../../profile/profile-builder.js';

const sample = (ordinal: number) => ({ stack: 'keep@cache.js:3', bytes: 500, ordinal });

/** Samples alive at a first reading, and which of them still are at a second one that sees others as well. */
function survival(first: number, still: number, { seconds = 60, later = 5 } = {}): Survival | undefined {
  const before = Array.from({ length: first }, (_, i) => sample(i + 1));
  const after = [
    ...before.slice(0, still),
    ...Array.from({ length: later }, (_, i) => sample(first + i + 1)),
  ];
  const reading = (samples: typeof before, monotonicMs: number): Reading => {
    const mark = markOf(buildCellTable(liveStacks(profileOf(samples))));
    return { monotonicMs, mark } as unknown as Reading;
  };
  const since = reading(before, 0);
  const { sites } = siteGrowth(since.mark, profileOf(after));
  return survivalAt(sites[0]?.site.key ?? '', { since, latest: reading(after, seconds * 1000), sites });
}

t.test('survival distinguishes a store that expires entries from a leak', async (t) => {
  t.match(survival(40, 40), { share: { value: 1, high: 1 }, seconds: 60, samples: 40 });
  t.ok(survival(40, 40)!.share.low > 0.9);
  const store = survival(40, 10)!;
  t.equal(store.share.value, 0.25);
  t.ok(store.share.high < 0.5);
  t.match(survival(40, 0), { share: { value: 0, low: 0 } });
});

t.test('has no result with too few samples or too short a time', async (t) => {
  t.equal(survival(4, 4), undefined);
  t.equal(survival(40, 40, { seconds: 19 }), undefined);
  t.equal(survival(0, 0), undefined);
  t.equal(survival(40, 0, { later: 0 }), undefined, 'a site that is gone grows no more');
});
