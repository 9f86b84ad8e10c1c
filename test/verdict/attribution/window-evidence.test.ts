import t from 'tap';
import { sampledOf } from '../../../src/profile/sampled.js';
import { windowEvidence } from '../../../src/verdict/attribution/window-evidence.js';
import { leftBy, retention, siteNamed } from '../../profile/windows/retention-builder.js';

const parts = (count: number) => Array.from({ length: count }, () => sampledOf(540, 512));

/** A window of 100 requests, of which so many left one survivor each at a site. */
const window = (survivors: number, requests = 100, more: Parameters<typeof retention>[1] = {}) =>
  retention(
    [
      leftBy(
        1,
        requests,
        survivors === 0 ? [] : [{ site: siteNamed('keep'), stack: [], parts: parts(survivors) }],
      ),
    ],
    more,
  );
const perRequest = (...windows: ReturnType<typeof window>[]): number =>
  Math.round(windowEvidence(windows).routes[0]!.bytesPerRequest.value);

t.test('pools windows that agree like one long window', async (t) => {
  t.equal(perRequest(window(20), window(24), window(16)), Math.round((60 * 540) / 300));
  t.equal(
    perRequest(window(2), window(2)),
    Math.round((4 * 540) / 200),
    'also where each alone saw too little',
  );
});

t.test('ignores growth that the newest window no longer sees, as warm-up', async (t) => {
  t.equal(perRequest(window(40), window(0)), 0);
  t.equal(perRequest(window(60), window(30), window(6)), Math.round((6 * 540) / 100));
  t.equal(
    perRequest(window(40), window(0, 0)),
    Math.round((40 * 540) / 100),
    'without requests it saw nothing',
  );
});

t.test('a newest window with few samples does not overrule the others', async (t) => {
  t.equal(perRequest(window(3), window(0, 20)), Math.round((3 * 540) / 120));
});

t.test('nor is one that saw nothing because it sampled coarsely', async (t) => {
  const coarse = window(0, 100, { samplingIntervalBytes: 64 * 1024 });
  t.equal(perRequest(window(40), coarse), Math.round((40 * 540) / 200));
  t.equal(perRequest(window(40), coarse, window(0)), 0, 'a fine one after it is');
});
