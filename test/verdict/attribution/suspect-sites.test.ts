import t from 'tap';
import type { SiteKind } from '../../../src/profile/site.js';
import { rankSites, type SuspectSite } from '../../../src/verdict/attribution/suspect-sites.js';

interface Given {
  readonly share?: number;
  readonly samples?: number;
  readonly rows?: readonly number[];
  readonly kind?: SiteKind;
  readonly low?: number;
}

function site(
  key: string,
  { share = 0.2, samples = 10, rows = [], kind = 'application', low = 1 }: Given = {},
): SuspectSite {
  return {
    site: { key, kind, functionName: key, url: 'file:///app/a.js', line: 1, column: 1 },
    stack: [],
    callees: [],
    rows,
    liveBytes: 100,
    liveSamples: samples,
    newLiveBytes: 100,
    newLiveSamples: samples,
    growthBytes: { value: 100, low, high: 200 },
    share,
  };
}

const keys = (sites: readonly SuspectSite[]): string[] => sites.map((one) => one.site.key);

t.test('in the heap the largest growth comes first, unless it is chance', async (t) => {
  const sites = [
    site('lucky', { samples: 1 }),
    site('first', { rows: [4] }),
    site('second'),
    site('unsure', { low: 0 }),
    site('small', { share: 0.01 }),
  ];
  t.same(keys(rankSites(sites, new Set([2]), 'heap-floor')), ['first', 'second', 'lucky']);
});

t.test(
  'outside the heap the sites of the named route come first, however small their wrappers',
  async (t) => {
    const sites = [
      site('node', { kind: 'node', share: 0.5 }),
      site('other', { rows: [4], share: 0.3 }),
      site('helper', { share: 0.1 }),
      site('stub', { rows: [2], share: 0.01 }),
      site('stray', { rows: [2], samples: 1 }),
    ];
    t.same(keys(rankSites(sites, new Set([2]), 'external-floor')), ['stub', 'helper', 'node', 'stray']);
    t.same(keys(rankSites(sites, new Set(), 'native-remainder')), ['other', 'helper', 'node', 'stray']);
  },
);
