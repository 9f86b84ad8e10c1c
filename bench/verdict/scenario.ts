import type { FastifyInstance, HTTPMethods } from 'fastify';
import type { VerdictName } from '../../src/verdict/verdict.js';
import type { Random } from './random.js';

/** One application with a known label: what it leaks (or that it does not), and the traffic that causes it. */
export interface Scenario {
  /** Unique, in kebab-case; the name of its file. */
  readonly name: string;
  /** One sentence that says what happens, as in a post-mortem. */
  readonly about: string;
  readonly label: Label;
  readonly load: Load;
  /** Adds the routes. State belongs here or in the module; each run has its own process. */
  build(app: FastifyInstance): void | Promise<void>;
}

/** The expected answer. */
export interface Label {
  /** The verdict at the end of the run. */
  readonly verdict: VerdictName;
  /** Other verdicts that are equally right. */
  readonly alsoRight?: readonly VerdictName[];
  /** The routes that retain memory, such as `GET /orders/:id`; absent if no route is to blame. */
  readonly routes?: readonly string[];
  /** The function that allocates the retained memory, and its file relative to `scenarios/`; absent if there is none. */
  readonly site?: SiteLabel;
  readonly signal?: 'heap-floor' | 'external-floor' | 'native-remainder';
}

export interface SiteLabel {
  readonly file: string;
  /** Equally right names, if the frame that V8 samples depends on inlining. */
  readonly functions: readonly string[];
}

export interface Load {
  /** At a time, given in seconds since the start of the traffic. */
  readonly requestsPerSecond: number | ((seconds: number) => number);
  /** The requests of the clients. Shares drift during a run unless `driftingMix` is false. */
  readonly mix: readonly Share[];
  readonly driftingMix?: boolean;
  /** Other clients, such as connections that stay open. Ends when the signal is aborted. */
  clients?(context: ClientContext): Promise<void>;
}

export interface Share {
  /** The pattern of the route, as in {@link Label.routes}. */
  readonly route: string;
  readonly weight: number;
  /** Makes request number `n` of this share. */
  request(random: Random, n: number): RequestSpec;
}

export interface RequestSpec {
  readonly method?: HTTPMethods;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a string or bytes. */
  readonly body?: unknown;
  /** The client disconnects after this many milliseconds, before the answer. */
  readonly abortAfterMs?: number;
}

export interface ClientContext {
  readonly origin: string;
  readonly random: Random;
  readonly signal: AbortSignal;
}
