import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import type { Outcome } from './outcome.js';

/** A way in which work is done on behalf of a request. */
export interface Kind {
  /** In a worker, apart from the test runner, which follows asynchronous work itself and keeps something for all of it. */
  run(): Promise<Outcome>;
  /** What must be so, whatever the runtime. */
  holds(t: Test, outcome: Outcome): void;
  /** Why it does not hold yet. */
  readonly todo?: string;
}

export interface KindRun {
  /** URL of a module that exports `kinds`. */
  readonly module: string;
  readonly name: string;
}

t.setTimeout(240_000);

/** One test a kind. */
export function testKinds(module: string, kinds: Readonly<Record<string, Kind>>): void {
  for (const [name, { holds, todo }] of Object.entries(kinds)) {
    t.test(name, { ...(todo !== undefined && { todo }) }, async (t) => {
      const workerData: KindRun = { module, name };
      const worker = new Worker(new URL('kind-worker.js', import.meta.url), { workerData });
      const [outcome] = (await once(worker, 'message')) as [Outcome];
      await worker.terminate();
      holds(t, outcome);
    });
  }
}
