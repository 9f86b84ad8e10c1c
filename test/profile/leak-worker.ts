import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../src/base/clock.js';
import type { ProfileGrowth } from '../../src/profile/growth.js';
import { createLiveProfile } from '../../src/profile/live-profile.js';
import { createOwnFrame } from '../../src/profile/own-frame.js';
import { reportSite, type SiteReport } from '../../src/profile/site-report.js';

/** What the worker is asked to do. It runs apart from the test runner, which keeps something for every promise. */
export interface LeakRun {
  readonly root: string;
  readonly file: string;
  /** Exported functions that serve requests. */
  readonly handlers: readonly string[];
  readonly requests: number;
}

export interface LeakFound {
  readonly sites: readonly SiteReport[];
  readonly growth: Pick<ProfileGrowth, 'restarted' | 'newLiveBytes' | 'liveBytes'>;
  readonly sinceStart: Pick<ProfileGrowth, 'newLiveBytes' | 'fromMs'>;
  readonly firstAtMs: number;
  readonly readings: number;
}

type Handler = (request: { readonly id: number }) => unknown;

/** So that V8 inlines no handler into the loop that serves here. */
const apart = createOwnFrame('test:apart');

/** Before V8 compiles a function it is surely in the stack of what it calls. */
const COLD_REQUESTS = 200;

async function serve(handlers: readonly Handler[], requests: number): Promise<void> {
  for (let id = 0; id < requests; id += 1) {
    for (const handler of handlers) await apart(handler as () => unknown, undefined, { id });
    if (id % 16 === 0) await turn();
  }
}

async function run({ root, file, handlers, requests }: LeakRun): Promise<LeakFound> {
  const exported = (await import(pathToFileURL(file).href)) as Record<string, Handler>;
  const served = handlers.map((name) => exported[name] as Handler);
  const profile = createLiveProfile({
    samplingIntervalBytes: 2048,
    stackDepth: 64,
    clock: systemClock,
    sourceMaps: true,
    root,
  });
  profile.start();
  try {
    await profile.read();
    await serve(served, COLD_REQUESTS);
    await profile.read();
    await serve(served, requests);
    const before = await profile.read();
    await serve(served, requests);
    await profile.read();
    const growth = profile.growthSince(before);
    const sinceStart = profile.growthSince();
    if (growth === undefined || sinceStart === undefined) throw new Error('no growth after readings');
    return {
      sites: growth.sites.map((site) => reportSite(site, profile.locate)),
      growth: {
        restarted: growth.restarted,
        newLiveBytes: growth.newLiveBytes,
        liveBytes: growth.liveBytes,
      },
      sinceStart: { newLiveBytes: sinceStart.newLiveBytes, fromMs: sinceStart.fromMs },
      firstAtMs: profile.first()?.takenAtMs ?? 0,
      readings: profile.readings.length,
    };
  } finally {
    profile.stop();
  }
}

parentPort?.postMessage(await run(workerData as LeakRun), []);
