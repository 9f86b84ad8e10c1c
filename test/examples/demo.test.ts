import t from 'tap';
import type { LeakAnswer } from '../../examples/demo/answer.js';
import { isComplete } from '../../examples/demo/answer.js';
import { parseArguments } from '../../examples/demo/arguments.js';
import { diagnosisText } from '../../examples/demo/diagnosis.js';
import { gauge } from '../../examples/demo/observer.js';
import { judgeHealthy, judgeLeaking, underTraffic } from '../../examples/demo/outcome.js';
import { Progress, progressLine, type ProgressState } from '../../examples/demo/progress.js';
import { bytes, duration } from '../../examples/demo/units.js';
import { plantedLeak } from '../../examples/shop/planted.js';

const planted = plantedLeak();

function leaking(changes: Partial<LeakAnswer> = {}): LeakAnswer {
  return {
    verdict: 'leaking',
    confidence: 0.987,
    signal: 'heap-floor',
    window: { from: '2025-01-01T10:00:00Z', to: '2025-01-01T10:01:34Z', majorGcs: 9, requests: 14_100 },
    growth: {
      bytesPerSecond: { value: 131_072, low: 126_000, high: 136_000 },
      bytesPerRequest: { value: 870, low: 830, high: 910 },
    },
    limit: { bytes: 536_870_912, source: 'heap' },
    exhaustion: { at: '2025-01-01T11:03:00Z', inSeconds: { value: 3_720, low: 3_500, high: 3_900 } },
    suspects: {
      routes: [
        {
          route: planted.route,
          bytesPerRequest: { value: 8_192, low: 8_000, high: 8_400 },
          share: 0.97,
          collinearWith: ['GET /carts/:id'],
        },
      ],
      sites: [
        {
          function: 'checkChoices',
          file: planted.file,
          line: planted.lines.first,
          growthBytes: { value: 12_000_000, low: 11_000_000, high: 13_000_000 },
          share: 0.8,
        },
      ],
    },
    ruledOut: [{ verdict: 'filling', because: 'growth per request did not fall' }],
    next: [
      { why: 'see the sites', curl: 'curl http://127.0.0.1:1/memory/profile', cost: { pauseMs: 40 } },
      { why: 'see the past', curl: 'curl http://127.0.0.1:1/memory/history' },
    ],
    ...changes,
  };
}

t.test('flags are read, and wrong ones are explained', async (t) => {
  t.same(parseArguments([]), {
    kind: 'run',
    arguments: { once: false, healthy: false, seconds: 120, rate: 150, port: 0 },
  });
  t.same(parseArguments(['--once', '--healthy', '--seconds', '30', '--rate=20', '--port', '8080']), {
    kind: 'run',
    arguments: { once: true, healthy: true, seconds: 30, rate: 20, port: 8_080 },
  });
  t.same(parseArguments(['--help']), { kind: 'help' });
  t.match(parseArguments(['--seconds', 'soon']), { kind: 'wrong', message: /--seconds .* not 'soon'/ });
  t.match(parseArguments(['--port', '70000']), { kind: 'wrong', message: /0 to 65535/ });
  t.match(parseArguments(['--rate', '1.5']), { kind: 'wrong', message: /whole number/ });
  t.match(parseArguments(['--twice']), { kind: 'wrong', message: /--twice/ });
  t.match(parseArguments(['extra']), { kind: 'wrong', message: /extra/ });
});

t.test('a leak is diagnosed in words', async (t) => {
  const text = diagnosisText(leaking());
  t.match(text, /Verdict +leaking with a confidence of 99 %/);
  t.match(text, /Seen +1 min 34 s, 14,100 requests, 9 major GCs, judged on heap-floor/);
  t.match(
    text,
    /Growth +128 KiB \(between 123 KiB and 133 KiB\) a second; 870 B .* a request, over all routes/,
  );
  t.match(
    text,
    /Route +POST \/products\/:id\/quote, keeps 8 KiB .* 97 % of the growth, cannot be told apart from GET/,
  );
  t.match(text, `${planted.file}:${planted.lines.first} in checkChoices, grew by 11.4 MiB`);
  t.match(text, /Exhaustion +in 1 h 2 min .* at 2025-01-01T11:03:00Z, at the limit of 512 MiB \(heap\)/);
  t.match(text, /Ruled out +filling: growth per request did not fall/);
  t.match(text, /see the sites \(pauses the server for about 40 ms\)\n +curl http\S+profile\n/);
  t.match(text, /see the past\n/);
});

t.test('what an answer does not have is not spoken of', async (t) => {
  const text = diagnosisText({
    verdict: 'insufficient-data',
    missing: ['two major GCs'],
    readyInSeconds: 70,
  });
  t.match(text, /Undecided +missing two major GCs; ready in 1 min 10 s/);
  t.notMatch(text, /Growth|Route|Line|Exhaustion|To look further/);
  t.match(diagnosisText({ verdict: 'insufficient-data', missing: 'a GC' }), /missing a GC\n$/);
  t.match(diagnosisText({ verdict: 'growing', decidedAt: '10:00' }), /Undecided +to be decided at 10:00/);
  t.match(diagnosisText({ verdict: 'new-class', growth: {} }), /does not know\n$/);
  const bare = diagnosisText({
    verdict: 'leaking',
    window: { from: '2025-01-01T10:00:00Z', to: '2025-01-01T10:00:02Z', majorGcs: 1, requests: 1 },
    exhaustion: { at: 'noon', inSeconds: { value: 90, low: 0, high: 90_000 } },
    suspects: { routes: [{ route: 'GET /a' }], sites: [{ function: '', file: 'a.js', line: 3 }] },
  });
  t.match(bare, /Route +GET \/a\n/);
  t.match(bare, /Line +a\.js:3 in \(anonymous\)\n/);
  t.match(bare, /Exhaustion +in 1 min 30 s \(between 0 s and 1 d 1 h\), at noon\n/);
});

t.test('the demo succeeds only when verdict, route and site are right', async (t) => {
  t.ok(isComplete(leaking()));
  t.notOk(isComplete(leaking({ verdict: 'growing' })));
  t.notOk(isComplete(leaking({ suspects: { routes: [], sites: [] } })));
  t.notOk(isComplete({ verdict: 'leaking' }));

  t.ok(judgeLeaking(leaking(), planted).ok);
  const site = { function: 'x', file: `/somewhere/${planted.file}`, line: planted.lines.last };
  const elsewhere = { function: 'y', file: 'examples/shop/carts.ts', line: planted.lines.first };
  const routes = [{ route: planted.route }];
  t.ok(judgeLeaking(leaking({ suspects: { routes, sites: [elsewhere, elsewhere, site] } }), planted).ok);
  const tooLate = { routes, sites: [elsewhere, elsewhere, elsewhere, site] };
  t.match(judgeLeaking(leaking({ suspects: tooLate }), planted), {
    ok: false,
    because: [/./, /./, /carts\.ts/],
  });
  const beyond = { routes, sites: [{ ...site, line: planted.lines.last + 1 }] };
  t.notOk(judgeLeaking(leaking({ suspects: beyond }), planted).ok);
  const otherRoute = {
    ...leaking().suspects,
    routes: [{ route: 'GET /products' }, { route: planted.route }],
  };
  t.match(judgeLeaking(leaking({ suspects: otherRoute }), planted), {
    ok: false,
    because: [/./, /GET \/products/],
  });
  t.match(judgeLeaking({ verdict: 'growing' }, planted), { ok: false, because: [/growing/, /none/, /none/] });
});

function seen(...verdicts: string[]): Set<string> {
  return new Set(verdicts);
}

t.test('a healthy shop must not be accused, at the end or on the way', async (t) => {
  t.ok(judgeHealthy({ verdict: 'stable' }, seen('insufficient-data', 'growing', 'stable')).ok);
  t.match(judgeHealthy({ verdict: 'insufficient-data' }, seen('insufficient-data')), {
    ok: false,
    because: [/nothing was decided/],
  });
  t.notOk(judgeHealthy({ verdict: 'growing' }, seen('growing')).ok);
  t.notOk(judgeHealthy({ verdict: 'native-growth' }, seen('native-growth')).ok);
  t.notOk(judgeHealthy({ verdict: 'stable' }, seen('leaking', 'stable')).ok);
});

t.test('a run whose requests failed proves nothing', async (t) => {
  const good = { ok: true, because: ['good'] };
  const counts = { answered: 1_000, aborted: 3, failed: 0, skipped: 0 };
  t.same(underTraffic(good, counts), good);
  t.match(underTraffic(good, { ...counts, failed: 5, lastFailure: 'boom' }), {
    ok: true,
    because: ['good', /boom/],
  });
  t.notOk(underTraffic(good, { ...counts, failed: 50, lastFailure: 'boom' }).ok);
  t.notOk(underTraffic(good, { ...counts, answered: 0 }).ok);
});

function state(elapsedSeconds: number): ProgressState {
  return {
    elapsedSeconds,
    limitSeconds: 120,
    counts: { answered: 1_234, aborted: 0, failed: 0, skipped: 0 },
    heap: { usedBytes: 64 * 2 ** 20, floorBytes: 40 * 2 ** 20 },
    verdict: 'growing',
  };
}

t.test('a terminal gets one line, anything else a line every ten seconds', async (t) => {
  t.equal(
    progressLine(state(12.3)),
    '12 of at most 120 s · 1,234 requests · heap 64 MiB · floor 40 MiB · verdict so far: growing',
  );
  t.match(
    progressLine({ ...state(1), heap: {}, counts: { ...state(1).counts, failed: 2 } }),
    /2 failed · verdict/,
  );
  const written = (isTTY: boolean) => {
    const texts: string[] = [];
    const progress = new Progress({ isTTY, write: (text) => texts.push(text) });
    for (const seconds of [2, 4, 6, 8, 10, 12, 14]) progress.show(state(seconds));
    progress.end();
    progress.end();
    return texts;
  };
  t.equal(written(false).length, 2);
  t.equal(written(true).length, 8);
  t.equal(written(true).at(-1), '\n');
});

t.test('units and metrics are read and written', async (t) => {
  t.same([0, 999, 1_536, -2_097_152, 3 * 2 ** 40].map(bytes), [
    '0 B',
    '999 B',
    '1.5 KiB',
    '-2 MiB',
    '3070 GiB',
  ]);
  t.same([0, 59.6, 3_605, 90_000].map(duration), ['0 s', '1 min', '1 h', '1 d 1 h']);
  const text =
    '# HELP memory_heap_used_bytes x\nmemory_heap_used_bytes{app="a"} 12\nmemory_heap_floor_bytes NaN\n';
  t.equal(gauge(text, 'memory_heap_used_bytes'), 12);
  t.equal(gauge(text, 'memory_heap_floor_bytes'), undefined);
  t.equal(gauge(text, 'memory_rss_bytes'), undefined);
});
