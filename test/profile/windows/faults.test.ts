import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Session } from 'node:inspector';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import t, { type Test } from 'tap';
import { systemClock } from '../../../src/base/clock.js';
import { TidemarkError } from '../../../src/base/errors.js';
import { processSlot } from '../../../src/cost/slot.js';
import { createIsolateProfiler } from '../../../src/profile/isolate-profiler.js';
import { createLiveProfile, type LiveProfile } from '../../../src/profile/live-profile.js';
import { openSamplingSession } from '../../../src/profile/sampling-session.js';
import { createRetentionWindows, type RetentionWindows } from '../../../src/profile/windows/windows.js';
import { plugged, until } from '../../helpers/plugged-app.js';

const settings = { samplingIntervalBytes: 2 ** 19, stackDepth: 32 };
const unavailable = { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE' };
const busy = { code: 'TIDEMARK_ERR_COST_BUSY' };

// The settling of a window keeps no process alive.
const alive = setInterval(() => undefined, 1_000);
t.teardown(() => clearInterval(alive));

function withProfile(t: Test, more: Partial<Parameters<typeof createLiveProfile>[0]> = {}) {
  const profile = createLiveProfile({ clock: systemClock, sourceMaps: false, ...settings, ...more });
  t.teardown(() => profile.stop());
  const windows = createRetentionWindows({
    clock: systemClock,
    profile,
    traffic: () => ({ allocatedBytesPerSecond: 0, headroomBytes: Infinity }),
    stopping: new AbortController().signal,
  });
  return { profile, windows };
}

/** However busy the machine is that runs the test. */
const busyOrNot = { tidemark: { cost: { maxEventLoopUtilization: 1 } } };

/** An inspector session of somebody else. */
function theirs(t: Test): (method: string, params?: object) => void {
  const session = new Session();
  session.connect();
  t.teardown(() => session.disconnect());
  return (method, params = {}) => {
    session.post(`HeapProfiler.${method}`, params, (error: Error | null) => {
      if (error !== null) throw error;
    });
  };
}

/** Requests of a route, each in turns of its own. */
async function requests(windows: RetentionWindows, count: number, work: () => void): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const window = windows.open;
    if (window === undefined) return;
    const slot = window.begin();
    await new Promise<void>((resolve) => {
      window.run(slot, () => {
        setImmediate(() => {
          work();
          window.end(slot, at % 2);
          resolve();
        });
      });
    });
  }
}

async function opened(windows: RetentionWindows): Promise<void> {
  await until('it is open', () => windows.open !== undefined);
}

/** The next window works as if nothing had been. */
async function worksAgain(
  t: Test,
  { profile, windows }: { profile: LiveProfile; windows: RetentionWindows },
) {
  t.equal(windows.open, undefined);
  t.match(await windows.run({ wantedMs: 20 }), { ended: 'time' });
  t.ok((await profile.read()).stacks);
}

t.test('refuses a window while another profiler samples the isolate', async (t) => {
  const post = theirs(t);
  post('startSampling');
  const { profile, windows } = withProfile(t);
  t.throws(() => profile.start(), unavailable);
  await t.rejects(windows.run(), { ...unavailable, message: /the profile is not running/ });
  t.equal(windows.open, undefined);
  post('stopSampling');
});

t.test('fails a window whose sampling another profiler ends', async (t) => {
  const parts = withProfile(t);
  parts.profile.start();
  const post = theirs(t);
  const running = parts.windows.run({ wantedMs: 100 });
  await opened(parts.windows);
  post('stopSampling');
  await t.rejects(running, unavailable);
  await worksAgain(t, parts);
});

t.test('attributes nothing if another profiler replaces the sampling', async (t) => {
  const parts = withProfile(t);
  parts.profile.start();
  const post = theirs(t);
  const running = parts.windows.run({ wantedMs: 200 });
  await opened(parts.windows);
  const kept: unknown[] = [];
  const keep = (): void => void kept.push(Array.from({ length: 500 }, () => 1));
  await requests(parts.windows, 50, keep);
  post('stopSampling');
  post('startSampling', { samplingInterval: 512 });
  await requests(parts.windows, 50, keep);
  parts.windows.open?.stop();
  const found = await running.catch((error: unknown) => error);
  if (found instanceof TidemarkError) t.match(found, unavailable);
  else t.match(found, { routes: [{ sites: [] }, { sites: [] }] });
  await worksAgain(t, parts);
});

t.test('refuses a window if the inspector is forbidden', async (t) => {
  const acquire = createIsolateProfiler(() => openSamplingSession(() => undefined)).acquire;
  const { profile, windows } = withProfile(t, { acquire });
  t.throws(() => profile.start(), unavailable);
  await t.rejects(windows.run(), unavailable);
});

t.test('fails a window if the profile stops', async (t) => {
  const { profile, windows } = withProfile(t);
  profile.start();
  const running = windows.run();
  await opened(windows);
  profile.stop();
  await t.rejects(running, unavailable);
  t.equal(windows.open, undefined);
  profile.start();
  await worksAgain(t, { profile, windows });
});

t.test('bounds the marks of thousands of requests, and releases them', async (t) => {
  v8.setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const parts = withProfile(t);
  parts.profile.start();
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  await parts.windows.run({ wantedMs: 20 });
  const before = used();
  const running = parts.windows.run();
  await opened(parts.windows);
  const { open } = parts.windows;
  for (let at = 0; at < 20_000 && parts.windows.open !== undefined; at += 1) {
    const slot = open!.begin();
    open!.run(slot, () => undefined);
    open!.end(slot, 0);
    if (at % 100 === 0) await new Promise(setImmediate);
  }
  const { marksBytes, ended, requests } = await running;
  t.equal(ended, 'time', 'not all were followed, so that the marks lasted');
  t.ok(requests > 100 && marksBytes <= 16 * 2 ** 20, `${requests} requests, ${marksBytes} bytes of marks`);
  const grown = used() - before;
  t.ok(grown < 2 ** 21, `${grown} bytes are left`);
});

t.test(
  'survives a suspension of the process during a window',
  { skip: process.platform === 'win32' },
  async (t) => {
    const script = fileURLToPath(new URL('suspended-window.js', import.meta.url));
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.teardown(() => child.kill('SIGKILL'));
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    t.equal((await lines.next()).value, 'open');
    child.kill('SIGSTOP');
    await delay(2_500);
    child.kill('SIGCONT');
    const told = JSON.parse((await lines.next()).value as string) as { hooksMs: number };
    t.match(told, { ended: 'time', affordable: true });
    t.ok(told.hooksMs >= 300 && told.hooksMs < 2_000, `${told.hooksMs} ms`);
    await once(child, 'exit');
  },
);

t.test('ends a window when the server closes', async (t) => {
  const { app } = await plugged(t, (app) => app.get('/', async () => 'ok'), busyOrNot);
  const { core } = app.tidemarkParts;
  const running = core.retention();
  const refused = t.rejects(running, unavailable);
  await opened(core.windows!);
  await app.close();
  await refused;
  t.equal(core.windows!.open, undefined);
  t.equal(processSlot(systemClock).current(), undefined);
});

t.test('a snapshot and a window exclude each other: the second is refused', async (t) => {
  const { app } = await plugged(t, (app) => app.get('/', async () => 'ok'), busyOrNot);
  const { core } = app.tidemarkParts;
  const snapshot = { name: 'heap snapshot', expectedMs: 1 };
  const running = core.retention({ wantedMs: 50 });
  await opened(core.windows!);
  t.throws(() => core.admission.admit(snapshot), busy);
  await running;
  await core.admission.run(snapshot, async () => t.rejects(core.retention(), busy));
  t.match(await core.retention({ wantedMs: 20 }), { ended: 'time' });
});

t.test('two installations in one process have one window at a time', async (t) => {
  const [one, two] = await Promise.all([
    plugged(t, (app) => app.get('/one', async () => 'ok'), busyOrNot),
    plugged(t, (app) => app.get('/two', async () => 'ok'), busyOrNot),
  ]);
  const [first, second] = [one.app.tidemarkParts.core, two.app.tidemarkParts.core];
  const ask = async (): Promise<unknown> => Promise.all([fetch(`${one.base}/one`), fetch(`${two.base}/two`)]);
  await ask();
  const running = first.retention();
  await opened(first.windows!);
  await t.rejects(second.retention(), busy);
  await ask();
  first.windows!.open?.stop();
  t.match(await running, { requests: 1 });
  const later = second.retention();
  await opened(second.windows!);
  await ask();
  second.windows!.open?.stop();
  t.match(await later, { requests: 1 });
});
