import type { FastifyInstance, HTTPMethods } from 'fastify';
import type { VerdictName } from '../../src/verdict/verdict.js';
import type { Random } from './random.js';

/** One application with a known answer: what it leaks (or that it does not), and the traffic that brings it out. */
export interface Scenario {
  /** Unique, in kebab-case; the name of its file. */
  readonly name: string;
  /** One sentence: what happens in it, as a post-mortem would say it. */
  readonly about: string;
  readonly label: Label;
  readonly load: Load;
  /** Adds the routes. State belongs into here or into the module; each run has a process of its own. */
  build(app: FastifyInstance): void | Promise<void>;
}

/** The right answer. */
export interface Label {
  /** The verdict at the end of the run. */
  readonly verdict: VerdictName;
  /** Other verdicts that are as right. */
  readonly alsoRight?: readonly VerdictName[];
  /** The routes that retain, as `GET /orders/:id`; absent when no route is to blame. */
  readonly routes?: readonly string[];
  /** The function that allocates what stays, and its file relative to `scenarios/`; absent when there is none to name. */
  readonly site?: SiteLabel;
  readonly signal?: 'heap-floor' | 'external-floor' | 'native-remainder';
}

export interface SiteLabel {
  readonly file: string;
  /** Names as right as each other, when the frame that V8 samples depends on what it inlines. */
  readonly functions: readonly string[];
}

export interface Load {
  /** At a moment, given in seconds since the start of the traffic. */
  readonly requestsPerSecond: number | ((seconds: number) => number);
  /** What clients ask for. Shares drift during a run unless `driftingMix` is false. */
  readonly mix: readonly Share[];
  readonly driftingMix?: boolean;
  /** Clients of another kind, such as connections that stay open. Ends when the signal is aborted. */
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
  /** The client goes away after so many milliseconds, without the answer. */
  readonly abortAfterMs?: number;
}

export interface ClientContext {
  readonly origin: string;
  readonly random: Random;
  readonly signal: AbortSignal;
}
