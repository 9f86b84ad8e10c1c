import t from 'tap';
import { liveStacks } from '../../../src/profile/live-stacks.js';
import { PROFILER_URL } from '../../../src/profile/frames.js';
import type { ProtocolNode, RawProfile } from '../../../src/profile/raw-profile.js';
import { isMark, LATE, NOBODY, UNKNOWN, type Owner } from '../../../src/profile/windows/marks.js';
import { sampledOf, type Sampled } from '../../../src/profile/sampled.js';
import { leftRepeatedly, survivorsOf, type Survivors } from '../../../src/profile/windows/survivors.js';
import { AFTER_END, type OpenWindow } from '../../../src/profile/windows/window.js';
import { profileOf } from '../profile-builder.js';

const MARK: Owner = -3;
const KEEP = 'handle@a.js:5 > keep@a.js:3';
const OTHER = 'handle@a.js:5 > other@a.js:9';

interface Allocated {
  readonly owner: Owner;
  readonly bytes?: number;
  readonly stack?: string;
  /** The turn it was allocated in; by default one of its own. */
  readonly turn?: number;
}

/**
 * @param routes of the requests by slot, undefined for one that has not ended
 * @param allocated in this order
 * @param last slots of the last requests of their connections
 */
function told(
  routes: readonly (number | undefined)[],
  allocated: readonly Allocated[],
  last: readonly number[] = [],
): Survivors {
  const built = allocated.map(({ bytes = 600, stack = KEEP }, at) => ({ stack, bytes, ordinal: at + 1 }));
  const profile = profileOf(built, { samplingIntervalBytes: 512 });
  return toldOf(routes, allocated, profile, last);
}

function toldOf(
  routes: readonly (number | undefined)[],
  allocated: readonly Allocated[],
  profile: RawProfile,
  last: readonly number[] = [],
): Survivors {
  const window: Pick<OpenWindow, 'requests' | 'routeOf' | 'lastOfConnections'> & {
    marks: Pick<OpenWindow['marks'], 'count' | 'ownersOf'>;
  } = {
    requests: routes.length,
    lastOfConnections: () => new Set(last),
    routeOf: (owner) => routes[owner >= AFTER_END ? owner - AFTER_END : owner],
    marks: {
      count: 40,
      ownersOf: () => ({
        owners: Int32Array.from(allocated, ({ owner }) => owner),
        marks: Int32Array.from(allocated, ({ turn }, at) => turn ?? at),
        missed: 2,
      }),
    },
  };
  return survivorsOf(liveStacks(profile), window as OpenWindow);
}

const each = (slots: readonly number[], more: Partial<Allocated> = {}): Allocated[] =>
  slots.map((owner) => ({ owner, ...more }));

/** Bytes by request, as far as a site of the application is concerned. */
const parts = (bytes: readonly number[]): Sampled[] => bytes.map((one) => sampledOf(one, 512));

t.test('lists survivors by route, site and request', async (t) => {
  const { routes, ...window } = told([3, 4, 3, 3, 3, undefined], [...each([0, 2, 3, 4]), ...each([0, 2])]);
  t.match(window, { requests: 6, samplingIntervalBytes: 512, marks: 40, missedMarks: 2, unknownBytes: 0 });
  t.match(routes, [
    { route: 3, requests: 4, afterBytes: 0 },
    { route: 4, requests: 1, sites: [], afterBytes: 0 },
  ]);
  t.match(routes[0]!.sites, [
    {
      site: { functionName: 'keep', line: 3 },
      parts: [
        { bytes: 1200, samples: 2 },
        { bytes: 1200, samples: 2 },
        { bytes: 600, samples: 1 },
        { bytes: 600, samples: 1 },
      ],
    },
  ]);
});

t.test('orders samples by allocation', async (t) => {
  const allocated = [{ owner: NOBODY, bytes: 100 }, ...each([0, 1, 2], { bytes: 200 })];
  const built = allocated.map(({ bytes = 0 }, at) => ({ stack: KEEP, bytes, ordinal: at + 1 }));
  const profile = profileOf(built);
  const { routes, outside } = toldOf([1, 1, 1], allocated, {
    ...profile,
    samples: profile.samples.toReversed(),
  });
  t.match(routes, [{ sites: [{ parts: [{ bytes: 200 }, { bytes: 200 }, { bytes: 200 }] }] }]);
  t.match(outside, [{ parts: [{ bytes: 100 }] }]);
});

t.test('counts the request that left most like the second', async (t) => {
  t.match(leftRepeatedly(parts([600, 9_000, 1_200])), { bytes: 3000, samples: 3, largeBytes: 0 });
  t.match(leftRepeatedly(parts([9_000, 9_000, 9_000])), { bytes: 27_000, largeBytes: 27_000 });
});

t.test('omits what only one or two requests left', async (t) => {
  t.match(leftRepeatedly([]), { bytes: 0, samples: 0 });
  t.match(leftRepeatedly(parts([600])), { bytes: 0, samples: 0 });
  t.match(leftRepeatedly(parts([600, 600])), { bytes: 0, samples: 0 });
  t.match(leftRepeatedly(parts([600, 600, 600])), { bytes: 1800, samples: 3 });
});

t.test('corrects samples by the sum of their node, which V8 rounds only once', async (t) => {
  const profile = profileOf([1, 2, 3].map((ordinal) => ({ stack: KEEP, bytes: 1000, ordinal })));
  const halved = (node: ProtocolNode): ProtocolNode => ({
    ...node,
    selfSize: node.selfSize / 2,
    children: node.children.map(halved),
  });
  const { routes } = toldOf([1, 1, 1], each([0, 1, 2]), { ...profile, head: halved(profile.head) });
  t.match(routes, [{ sites: [{ parts: [{ bytes: 500 }, { bytes: 500 }, { bytes: 500 }] }] }]);
});

t.test('shows the heaviest stack of a site', async (t) => {
  const { routes } = told(
    [1, 1, 1],
    [
      ...each([0, 1, 2], { bytes: 700 }),
      { owner: 1, bytes: 1_500, stack: 'elsewhere@b.js:2 > keep@a.js:3' },
      ...each([0, 1, 2], { stack: OTHER, bytes: 500 }),
    ],
  );
  t.match(routes[0]!.sites, [{ site: { functionName: 'keep' } }, { site: { functionName: 'other' } }]);
  t.match(routes[0]!.sites[0]!.stack, [{ functionName: 'keep' }, { functionName: 'elsewhere' }]);
});

t.test('counts allocations after the end of a request separately', async (t) => {
  const { routes } = told(
    [1, 1, 1],
    [
      ...each([0, 1, 2]),
      ...each(
        [0, 1, 2].map((slot) => slot + AFTER_END),
        { bytes: 400 },
      ),
    ],
  );
  t.match(routes, [{ sites: [{ parts: { length: 3 } }], afterBytes: 1200 }]);
});

t.test('lists survivors outside requests by site, one part per interval between marks', async (t) => {
  const { routes, outside } = told(
    [1],
    [
      { owner: NOBODY, turn: 5 },
      { owner: NOBODY, turn: 5 },
      { owner: NOBODY, turn: 8 },
      { owner: NOBODY, turn: 9 },
      { owner: NOBODY, turn: 9, stack: OTHER },
    ],
  );
  t.match(outside, [
    { site: { functionName: 'keep' }, parts: [{ bytes: 1200 }, { bytes: 600 }, { bytes: 600 }] },
    { site: { functionName: 'other' }, parts: [{ bytes: 600 }] },
  ]);
  t.match(routes, [{ route: 1, sites: [] }]);
});

t.test('counts unknown owners as unattributed, and omits marks, late samples and our own', async (t) => {
  const { routes, outside, unknownBytes } = told(
    [1, undefined],
    [
      { owner: UNKNOWN, bytes: 100 },
      { owner: 1, bytes: 200 },
      { owner: 1 + AFTER_END, bytes: 300 },
      { owner: MARK, bytes: 4_000 },
      { owner: LATE, bytes: 5_000 },
    ],
  );
  t.ok(isMark(MARK));
  t.equal(unknownBytes, 600);
  t.match(routes, [{ route: 1, requests: 1, sites: [], afterBytes: 0 }]);
  t.same(outside, []);

  const built = [1, 2, 3].map((ordinal) => ({ stack: 'read@own.js:3', bytes: 600, ordinal }));
  const own = JSON.parse(
    JSON.stringify(profileOf(built)).replaceAll('file:///app/own.js', PROFILER_URL),
  ) as RawProfile;
  t.match(toldOf([1, 1, 1], each([0, 1, 2]), own), { routes: [{ sites: [] }], unknownBytes: 0 });
});

t.test('omits the last request of each connection, unless those are most requests', async (t) => {
  const all = [0, 1, 2, 3, 4, 5];
  const { routes, unknownBytes } = told([1, 1, 1, 1, 2, 2], each(all), [3, 5]);
  t.match(routes, [
    { route: 1, requests: 3 },
    { route: 2, requests: 1 },
  ]);
  t.equal(routes[0]!.sites[0]!.parts.length, 3);
  t.equal(unknownBytes, 1200);
  const alone = told([1, 1, 1, 1, 2, 2], each(all), [0, 1, 3, 5]);
  t.match(alone.routes, [
    { route: 1, requests: 4 },
    { route: 2, requests: 2 },
  ]);
  t.equal(alone.unknownBytes, 0);
});
