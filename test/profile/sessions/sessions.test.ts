import inspector from 'node:inspector';
import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { TidemarkOptions } from '../../../plugins/tidemark.js';
import type { ProfileSession } from '../../../src/profile/sessions/session.js';
import { readContract } from '../../helpers/contract.js';
import { call } from '../../helpers/http.js';
import { plugged, until } from '../../helpers/plugged-app.js';

const kept: unknown[] = [];
t.afterEach(() => void kept.splice(0));

function keepRows(count: number): void {
  for (let i = 0; i < count; i += 1) kept.push({ i, lines: [i, i + 1, i + 2, i + 3] });
}

function keepEarlier(count: number): void {
  for (let i = 0; i < count; i += 1) kept.push({ earlier: i, lines: [i, i + 1, i + 2, i + 3] });
}

async function start(t: Test, options: TidemarkOptions = {}) {
  const plugin = await plugged(t, () => undefined, {
    tidemark: {
      verdict: { gcProbe: 'off' },
      ...options,
      cost: { pauseBudgetMsPerHour: 3_600_000, maxEventLoopUtilization: 1, ...options.cost },
      profile: { samplingIntervalBytes: 16_384, ...options.profile },
    },
  });
  return { ...plugin, tidemark: plugin.app.tidemark, core: plugin.app.tidemarkParts.core };
}

const namesOf = ({ sites = [] }: ProfileSession): string[] => sites.map((site) => site.function);
const partsOf = ({ limitations }: ProfileSession): string[] => limitations.map(({ part }) => part);

t.test(
  'an operation is answered with its value, what it kept and where, and what it allocated',
  async (t) => {
    const { tidemark } = await start(t);
    // The first readings build what the profile keeps; only later ones show the operation alone.
    await tidemark.profile(() => undefined);
    const nothing = await tidemark.profile(() => undefined, { name: 'nothing' });
    const { value, session } = await tidemark.profile(
      async function importOrders() {
        keepRows(50_000);
        await turn();
        for (let i = 0; i < 200_000; i += 1) Object.assign([], { i });
        kept.push(Buffer.alloc(5_000_000));
        return 'done';
      },
      { required: true },
    );
    t.equal(value, 'done');
    t.match(session, {
      name: 'importOrders',
      status: 'completed',
      limitations: [],
      overlapping: 0,
      requests: 0,
    });
    const { retainedBytes = 0, retainedHeapBytes = 0, retainedExternalBytes = 0 } = session;
    // 32 bytes for the object, 16 for the array, 48 for its elements, and the slot in the list: 100 to 150 each.
    t.ok(retainedHeapBytes > 4.5e6 && retainedHeapBytes < 9e6, `heap ${retainedHeapBytes}`);
    t.ok(Math.abs(retainedExternalBytes - 5e6) < 3e5, `external ${retainedExternalBytes}`);
    t.equal(retainedBytes, retainedHeapBytes + retainedExternalBytes);
    t.ok((session.allocatedBytes ?? 0) > retainedHeapBytes + 5e6, `with garbage ${session.allocatedBytes}`);
    t.ok(
      Math.abs(nothing.session.retainedBytes ?? Infinity) < 1e6,
      `of nothing ${nothing.session.retainedBytes}`,
    );
    const [site] = session.sites ?? [];
    t.match(site, {
      function: /^(keepRows|importOrders)$/,
      file: /sessions\.test\.\w+$/,
      kind: 'application',
    });
    t.ok(site && site.share > 0.8 && site.growthBytes.low > 3e6, JSON.stringify(site?.growthBytes));
    t.ok(session.pauseMs > 0 && session.durationMs > 0);
    t.same(
      tidemark
        .profileSessions()
        .sessions.map(({ name }) => name)
        .slice(0, 2),
      ['importOrders', 'nothing'],
    );
    t.match(tidemark.profileSession(session.id), session);
  },
);

t.test('what an operation throws is thrown, and its session is stored as failed', async (t) => {
  const { tidemark } = await start(t);
  // What the application before left is freed with the first collection, and all figures are of the process.
  await tidemark.profile(() => undefined);
  const fault = Object.assign(new TypeError('of customer 4711'), { code: 'E_ORDER' });
  const failing = tidemark.profile(() => {
    keepRows(50_000);
    throw fault;
  });
  await t.rejects(failing, fault);
  const [session] = tidemark.profileSessions().sessions;
  t.match(session, { status: 'failed', error: { name: 'TypeError', code: 'E_ORDER' }, limitations: [] });
  t.ok((session?.retainedHeapBytes ?? 0) > 3e6, `${session?.retainedHeapBytes}`);
  t.notMatch(JSON.stringify(session), /4711/, 'its message is not for readers of diagnostics');
  await t.rejects(tidemark.profile('no function' as never), { code: 'TIDEMARK_ERR_INPUT_INVALID' });
});

t.test('sessions at the same time share readings and know of each other', async (t) => {
  const { tidemark, core } = await start(t);
  const handles = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => tidemark.startProfileSession({ name })),
  );
  t.equal(core.profile?.readings.length, 1);
  keepRows(20_000);
  const sessions = await Promise.all(handles.map((handle) => handle.stop()));
  t.equal(core.profile?.readings.length, 2);
  for (const [i, session] of sessions.entries()) {
    t.match(session, { name: handles[i]?.name, overlapping: 3, limitations: [] });
    t.ok((session.retainedHeapBytes ?? 0) > 1e6);
    t.equal(await handles[i]?.stop(), session, 'stopped again it answers the same');
  }
  t.equal(core.profile?.readings.length, 2);

  const long = await tidemark.startProfileSession();
  const reading = core.readProfile();
  keepRows(30_000);
  const end = await long.stop();
  await reading;
  t.ok((end.retainedHeapBytes ?? 0) > 1e6, 'a reading that was begun before the stop is not its end');
});

t.test('a profiler that another session has leaves the retained bytes', async (t) => {
  const other = new inspector.Session();
  other.connect();
  other.post('HeapProfiler.startSampling', { samplingInterval: 1 << 20 });
  const { tidemark, core } = await start(t);
  t.equal(core.profile?.running, false);
  const { value, session } = await tidemark.profile(() => {
    keepRows(50_000);
    return 7;
  });
  other.disconnect();
  t.equal(value, 7);
  t.match(session, { limitations: [{ part: 'sites', code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE' }] });
  t.ok((session.retainedHeapBytes ?? 0) > 4e6);
  t.notOk('sites' in session);
  let runs = 0;
  const required = tidemark.profile(() => (runs += 1), { required: true });
  await t.rejects(required, { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE' });
  t.equal(runs, 0, 'what is required is known before the operation runs');

  const off = await start(t, { profile: { enabled: false } });
  const without = await off.tidemark.profile(() => keepRows(50_000));
  t.match(without.session.limitations, [{ part: 'sites', code: 'TIDEMARK_ERR_FEATURE_OFF' }]);
  t.ok((without.session.retainedHeapBytes ?? 0) > 4e6);
});

t.test('sampling that begins anew in the middle is said, and sites claim only what came after', async (t) => {
  const { tidemark, core } = await start(t);
  const windowed = await tidemark.profile(async () => {
    keepEarlier(50_000);
    await core.profile?.sampleWindow({ samplingIntervalBytes: 16_384, work: () => turn() });
    keepRows(50_000);
  });
  const other = new inspector.Session();
  other.connect();
  const ended = await tidemark.profile(() => {
    keepEarlier(50_000);
    other.post('HeapProfiler.stopSampling');
  });
  other.disconnect();
  t.same(partsOf(windowed.session), ['sites-before-restart']);
  t.notOk(namesOf(windowed.session).includes('keepEarlier'));
  t.ok(namesOf(windowed.session).includes('keepRows'));
  t.ok((windowed.session.retainedHeapBytes ?? 0) > 9e6, 'floors do not depend on the sampling');
  t.same(partsOf(ended.session), ['sites-before-restart']);
  t.notOk(namesOf(ended.session).includes('keepEarlier'));
  t.ok((ended.session.retainedHeapBytes ?? 0) > 4e6);
  const { caveats } = tidemark.compareProfileSessions(windowed.session.id, ended.session.id);
  t.match(caveats, [/^session 1 lacks sites-before-restart/, /^session 2 lacks/]);
});

t.test(
  'without pause budget the operation runs unmeasured, or not at all if measuring is required',
  async (t) => {
    const { tidemark } = await start(t, { cost: { pauseBudgetMsPerHour: 0 } });
    const { value, session } = await tidemark.profile(() => 'unharmed');
    t.equal(value, 'unharmed');
    t.match(session, { pauseMs: 0, limitations: [{ part: 'start', code: 'TIDEMARK_ERR_COST_BUDGET' }] });
    t.notOk('retainedBytes' in session || 'sites' in session);
    let runs = 0;
    const required = { required: true };
    await t.rejects(
      tidemark.profile(() => (runs += 1), required),
      { code: 'TIDEMARK_ERR_COST_BUDGET' },
    );
    await t.rejects(tidemark.startProfileSession(required), { code: 'TIDEMARK_ERR_COST_BUDGET' });
    t.equal(runs, 0);

    const spent = await start(t, { cost: { pauseBudgetMsPerHour: 600 } });
    const half = await spent.tidemark.profile(() =>
      spent.core.budget.trySpend(spent.core.budget.remainingMs()),
    );
    t.match(half.session.limitations, [{ part: 'end', code: 'TIDEMARK_ERR_COST_BUDGET' }]);
    t.notOk('retainedBytes' in half.session);
  },
);

t.test('an operation in the way is waited for', async (t) => {
  const { tidemark, core } = await start(t);
  let release: (() => void) | undefined;
  const other = core.admission.run(
    { name: 'other', expectedMs: 1 },
    async () => new Promise<void>((resolve) => (release = resolve)),
  );
  const { run } = core.admission;
  let refused = 0;
  Object.assign(core.admission, {
    run: async (...asked: Parameters<typeof run>) =>
      run(...asked).catch((error: unknown) => {
        refused += 1;
        throw error;
      }),
  });
  const profiled = tidemark.profile(() => 1);
  await until('it was refused', () => refused > 0);
  release?.();
  t.same((await profiled).session.limitations, []);
  await other;
});

t.test('a server that closes in the middle leaves a session that says so', async (t) => {
  const { app, tidemark } = await start(t);
  const { value, session } = await tidemark.profile(async () => {
    await app.close();
    return 'closed';
  });
  t.equal(value, 'closed');
  t.match(session.limitations, [
    { part: 'end', code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE', reason: /closing/ },
  ]);
  const after = await tidemark.profile(() => 2);
  t.match(after, { value: 2, session: { limitations: [{ part: 'start', reason: /closing/ }] } });
});

t.test('handles that nobody stops are limited, the sessions kept too', async (t) => {
  const { tidemark, base } = await start(t, { profile: { maxSessions: 2 } });
  const handles = await Promise.all(Array.from({ length: 32 }, async () => tidemark.startProfileSession()));
  const refused = await tidemark.profile(() => 3);
  t.match(refused, { value: 3, session: { limitations: [{ code: 'TIDEMARK_ERR_PROFILE_SESSION_LIMIT' }] } });
  await t.rejects(tidemark.startProfileSession({ required: true }), {
    code: 'TIDEMARK_ERR_PROFILE_SESSION_LIMIT',
  });
  await handles[0]?.stop();
  t.same((await tidemark.profile(() => 4)).session.limitations, [], 'a place that was given back');
  await handles[1]?.stop();
  t.equal(tidemark.profileSessions().stored, 2);
  t.throws(() => tidemark.profileSession(refused.session.id), {
    code: 'TIDEMARK_ERR_PROFILE_SESSION_UNKNOWN',
  });
  const gone = await call(`${base}/memory/profile/sessions/${refused.session.id}`);
  t.match(gone, { status: 404, json: { code: 'TIDEMARK_ERR_PROFILE_SESSION_UNKNOWN' } });
  t.same(readContract().faults('GET /memory/profile/sessions/{id}', gone), []);
  t.match((await call(`${base}/memory/profile/sessions`)).json, { stored: 2, open: 30, dropped: 2 });
});
