import { once } from 'node:events';
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../../../src/base/clock.js';
import { createFrameClassifier } from '../../../../src/profile/frames.js';
import { acquire } from '../../../../src/profile/isolate-profiler.js';
import { liveStacks } from '../../../../src/profile/live-stacks.js';
import { followRequest } from '../../../../src/profile/windows/follow.js';
import { survivorsOf, type Survivors } from '../../../../src/profile/windows/survivors.js';
import { openWindow, type OpenWindow, type WindowLimits } from '../../../../src/profile/windows/window.js';
import { createRandom } from '../../../../src/statistics/random.js';
import { windowEvidence } from '../../../../src/verdict/attribution/window-evidence.js';
import type { Outcome } from './outcome.js';

export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;
export type Keep = (made: unknown) => void;

/** Some 4 KiB. */
export const thing = (): unknown => ({ list: Array.from({ length: 500 }, () => 1), at: { ms: 1 } });

/** So much that it stands out from what Node itself lets go of late. */
export const things = (): unknown => Array.from({ length: 5 }, thing);

/** The text of what is some 4 KiB when it is parsed. */
export const TEXT = JSON.stringify(Array.from({ length: 60 }, (_, i) => ({ i, text: `text ${i}` })));

export const PATHS = ['/keeps', '/frees'] as const;

/** Two handlers that differ in one thing only: the first keeps what it is told to. */
export function pair(make: (keep: Keep) => Handler): Readonly<Record<string, Handler>> {
  const kept: unknown[] = [];
  return { '/keeps': make((made) => kept.push(made)), '/frees': make(() => undefined) };
}

/** Windows, one after the other. */
export interface Windowed {
  readonly open: OpenWindow | undefined;
  /** Runs `traffic` within a window and says what the requests of each route left. */
  during(traffic: () => Promise<unknown>, limits?: Partial<WindowLimits>): Promise<Outcome>;
}

const LIMITS: WindowLimits = {
  samplingIntervalBytes: 512,
  openMs: 60_000,
  drainMs: 1_000,
  // So much that no request goes without being followed.
  maxMarkBytes: 2 ** 27,
};
/** Between the last request and the reading: sockets and timers let go. */
const SETTLE_MS = 50;
/** These tests lie among the package's own files; what they allocate is the application's here. */
const classify = createFrameClassifier([]);

export function windowed(labelOf: (route: number) => string): Windowed {
  let open: OpenWindow | undefined;
  return {
    get open() {
      return open;
    },
    async during(traffic, more = {}) {
      const limits = { ...LIMITS, ...more };
      const lease = acquire({ samplingIntervalBytes: 2 ** 19, stackDepth: 32 });
      let window!: OpenWindow;
      const profile = await lease.sampleFinely({
        samplingIntervalBytes: limits.samplingIntervalBytes,
        async work() {
          window = open = openWindow(limits, systemClock);
          await traffic();
          window.close();
          await window.done;
          open = undefined;
          await delay(SETTLE_MS);
        },
      });
      const survivors = survivorsOf(liveStacks(profile, classify), window);
      window.marks.release();
      lease.release();
      return outcomeOf(survivors, labelOf);
    },
  };
}

function outcomeOf(survivors: Survivors, labelOf: (route: number) => string): Outcome {
  const { routes, outside } = windowEvidence([{ ...survivors, hooksMs: 1000 }]);
  return {
    routes: Object.fromEntries(
      routes.map(({ route, requests, bytesPerRequest }) => {
        const { afterBytes } = survivors.routes.find((one) => one.route === route)!;
        return [labelOf(route), { requests, afterBytes, bytesPerRequest }];
      }),
    ),
    outsideBytes: outside.sites.reduce((all, { left }) => all + left.bytes, 0),
    unknownBytes: survivors.unknownBytes,
    details: routes.flatMap(({ route, sites }) =>
      sites.slice(0, 5).map(({ left, stack }) => {
        const callers = stack.slice(0, 8).map(({ functionName }) => functionName);
        return `${labelOf(route)}: ${Math.round(left.bytes)} bytes in ${callers.join(' < ')}`;
      }),
    ),
    notes: {},
  };
}

export interface WindowedServer extends Windowed {
  readonly url: string;
  /** Follows requests of another server as this one's. */
  readonly listener: RequestListener;
}

/** A server of `node:http` with one route a path. Workers end with whatever they still hold. */
export async function windowedServer(handlers: Readonly<Record<string, Handler>>): Promise<WindowedServer> {
  const paths = Object.keys(handlers);
  const windows = windowed((row) => paths[row]!);
  const listener: RequestListener = (request, response) => {
    const path = request.url!.split('?')[0]!;
    const handle = (): void => void handlers[path]!(request, response);
    if (windows.open === undefined) handle();
    else followRequest(windows.open, request, response, paths.indexOf(path), handle);
  };
  return {
    get open() {
      return windows.open;
    },
    during: windows.during,
    listener,
    url: await listening(http.createServer(listener)),
  };
}

/** Listens on a port of its own, and says where. */
export async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asks for each path so many times, in an order without a pattern, four at a time. */
export async function mixed(
  rounds: number,
  ask: (path: string) => Promise<unknown>,
  paths: readonly string[] = PATHS,
): Promise<void> {
  const random = createRandom(rounds);
  const queue = Array.from({ length: rounds }, () => paths.toSorted(() => random() - 0.5)).flat();
  const client = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) await ask(path);
  };
  await Promise.all(Array.from({ length: 4 }, client));
}

const agent = new http.Agent({ keepAlive: true });

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks with little effort: the client is sampled as well. */
export async function ask(url: string, { body, ...options }: Asked = {}): Promise<void> {
  const request = http.request(url, { agent, ...options }).end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
}

const ROUNDS = 60;

/**
 * What a window tells of both paths of a server, once their code is warm: also that which Node runs only while promise hooks
 * are on.
 */
export async function toldBy(
  { during, url }: Pick<WindowedServer, 'during' | 'url'>,
  asks: (url: string) => Promise<unknown> = ask,
  rounds = ROUNDS,
): Promise<Outcome> {
  return warm({ during }, async (rounds) => mixed(rounds, async (path) => asks(url + path)), { rounds });
}

/** What a window tells of traffic, after another of the same. */
export async function warm(
  { during }: Pick<Windowed, 'during'>,
  traffic: (rounds: number) => Promise<unknown>,
  { rounds = ROUNDS, ...limits }: Partial<WindowLimits> & { readonly rounds?: number } = {},
): Promise<Outcome> {
  await during(async () => traffic(2 * rounds), limits);
  return during(async () => traffic(rounds), limits);
}

/** What a window tells of two handlers that differ only in keeping. */
export async function toldOf(
  make: (keep: Keep) => Handler,
  asks?: (url: string) => Promise<unknown>,
): Promise<Outcome> {
  return toldBy(await windowedServer(pair(make)), asks);
}
