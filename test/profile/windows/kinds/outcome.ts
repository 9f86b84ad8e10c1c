import type { Test } from 'tap';
import type { Estimate } from '../../../../src/verdict/verdict.js';

/** What a window told, as it comes from the worker. */
export interface Outcome {
  /** By the label of the route; absent where no request of it was followed to its end. */
  readonly routes: Readonly<Record<string, RouteOutcome>>;
  /** Of what stays and was allocated outside requests. */
  readonly outsideBytes: number;
  readonly unknownBytes: number;
  /** Where what stays was allocated, as far as it is a route's, for a test that fails. */
  readonly details: readonly string[];
  /** What else the kind looked at. */
  readonly notes: Readonly<Record<string, unknown>>;
}

export interface RouteOutcome {
  readonly requests: number;
  readonly bytesPerRequest: Estimate;
  readonly afterBytes: number;
}

/** At least so much does a request keep that keeps something. */
export const THING_BYTES = 4_000;

/** The route that keeps is told from the other one. */
export function isNamed(t: Test, outcome: Outcome): void {
  const { value, low } = of(outcome, '/keeps').bytesPerRequest;
  const { details } = outcome;
  t.ok(low > THING_BYTES / 3, `${Math.round(value)} bytes a request of the one that keeps`, { details });
  isInnocent(t, outcome, '/frees', value);
}

/** What its requests left is less than a fifth of what a request of the other one keeps. */
export function isInnocent(t: Test, outcome: Outcome, label: string, keptBytes = THING_BYTES): void {
  const { value } = of(outcome, label).bytesPerRequest;
  const { details } = outcome;
  t.ok(value < keptBytes / 5, `${Math.round(value)} bytes a request of ${label}, which is innocent`, {
    details,
  });
}

/** What stays is not any route's: it was allocated outside requests, or nobody knows by whom. */
export function isNobodys(t: Test, outcome: Outcome): void {
  for (const label of Object.keys(outcome.routes)) isInnocent(t, outcome, label);
  const bytes = outcome.outsideBytes + outcome.unknownBytes;
  t.ok(bytes > 30 * THING_BYTES, `${Math.round(bytes)} bytes are not attributed`);
}

export function of({ routes }: Outcome, label: string): RouteOutcome {
  const found = routes[label];
  if (found === undefined) throw new Error(`no request of ${label} was followed to its end`);
  return found;
}
