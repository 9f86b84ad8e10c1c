import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../src/base/clock.js';
import { functionKeys, type AnyFunction } from '../../src/profile/function-keys.js';
import type { ProfileGrowth } from '../../src/profile/growth.js';
import { createLiveProfile } from '../../src/profile/live-profile.js';
import { createOwnFrame, throughFrame } from '../../src/requests/own-frame.js';
import { reportSite, type SiteReport } from '../../src/profile/site-report.js';

/** What the worker is asked to do. It runs apart from the test runner, which keeps something for every promise. */
export interface LeakRun {
  readonly root: string;
  readonly file: string;
  /** Exported functions that serve requests, with the row of their route. */
  readonly handlers: readonly { readonly name: string; readonly route?: number }[];
  readonly requests: number;
  /** Tell the profile which functions handle which routes. */
  readonly seed?: boolean;
  /** Learn calls from garbage, too, before the first reading. */
  readonly learn?: boolean;
}

export interface LeakFound {
  readonly sites: readonly SiteReport[];
  readonly growth: Pick<ProfileGrowth, 'routes' | 'restarted' | 'newLiveBytes' | 'liveBytes'>;
  readonly sinceStart: Pick<ProfileGrowth, 'newLiveBytes' | 'fromMs'>;
  readonly firstAtMs: number;
  readonly readings: number;
  readonly learnedFunctions: number;
  /** Functions that learning left without a route. */
  readonly unlinkedFunctions: number | undefined;
}

type Handler = (request: { readonly id: number }) => unknown;

/** Before V8 compiles a function it is surely in the stack of what it calls. */
const COLD_REQUESTS = 200;

async function serve(handlers: readonly Handler[], requests: number): Promise<void> {
  for (let id = 0; id < requests; id += 1) {
    for (const handler of handlers) await handler({ id });
    if (id % 16 === 0) await turn();
  }
}

async function run({ root, file, handlers, requests, seed, learn }: LeakRun): Promise<LeakFound> {
  const exported = (await import(pathToFileURL(file).href)) as Record<string, Handler>;
  const found = handlers.map(({ name }) => exported[name] as Handler);
  const profile = createLiveProfile({
    samplingIntervalBytes: 2048,
    stackDepth: 64,
    clock: systemClock,
    sourceMaps: true,
    root,
  });
  profile.start();
  try {
    if (seed === true) {
      for (const [index, key] of functionKeys(found as readonly AnyFunction[]).entries()) {
        const route = handlers[index]?.route;
        if (key !== undefined && route !== undefined) profile.links.seed(key, route);
      }
    }
    // V8 forgets the name of a script that is collected, so the wrappers must outlive the readings.
    const served = handlers.map(({ route }, index) => {
      const handler = found[index] as Handler;
      return route === undefined ? handler : throughFrame(handler, createOwnFrame(`tidemark:route/${route}`));
    });
    await profile.read();
    let unlinkedFunctions: number | undefined;
    if (learn === true) {
      [unlinkedFunctions] = await Promise.all([
        profile.learnCalls({ durationMs: 300, samplingIntervalBytes: 512 }),
        serve(served, COLD_REQUESTS),
      ]);
    }
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
        routes: growth.routes,
        restarted: growth.restarted,
        newLiveBytes: growth.newLiveBytes,
        liveBytes: growth.liveBytes,
      },
      sinceStart: { newLiveBytes: sinceStart.newLiveBytes, fromMs: sinceStart.fromMs },
      firstAtMs: profile.first()?.takenAtMs ?? 0,
      readings: profile.readings.length,
      learnedFunctions: profile.links.functions,
      unlinkedFunctions,
    };
  } finally {
    profile.stop();
  }
}

parentPort?.postMessage(await run(workerData as LeakRun), []);
