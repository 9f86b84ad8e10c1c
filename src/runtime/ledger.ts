import path from 'node:path';
import type { Clock } from '../base/clock.js';
import type { Failures } from '../base/failures.js';
import type { ResolvedOptions } from '../config/options.js';
import { createAdmission, type Admission, type CostMeter, type Paid } from '../cost/admission.js';
import { createGcPause, type ExpectedCosts } from '../cost/gc-pause.js';
import { createPauseBudget } from '../cost/pause-budget.js';
import { processSlot } from '../cost/slot.js';
import type { Sample } from '../measure/reading.js';
import type { OwnCost } from '../metrics/source.js';

export interface LedgerSources {
  readonly clock: Clock;
  readonly failures: Failures;
  latest(): Sample;
  /** Duration of the newest profile reading, in milliseconds. */
  profileReadMs(): number | undefined;
  /** Bytes of the columns and rings. */
  selfBytes(): number;
}

export type Ledger = ReturnType<typeof createLedger>;

/** What diagnostics may cost, what they have cost, and what failed. */
export function createLedger({ cost, stateDirectory }: ResolvedOptions, sources: LedgerSources) {
  const { clock, failures, latest } = sources;
  const budget = createPauseBudget({
    millisecondsPerHour: cost.pauseBudgetMsPerHour,
    clock,
    file: path.join(stateDirectory, 'pause-budget.json'),
    onError: (error) => failures.report('pauseBudget', error),
  });
  const admission: Admission = createAdmission({
    clock,
    budget,
    slot: processSlot(clock),
    utilization: () => latest().eventLoop?.utilization,
    maxEventLoopUtilization: cost.maxEventLoopUtilization,
  });
  const gcPause = createGcPause();
  const gcPauseMs = (): number => gcPause.expectedMs(latest().heap?.usedBytes);
  let samplingMs = 0;
  let pauseMs = 0;
  let probeGcs = 0;
  const charge = (costMs: number): void => void (pauseMs += costMs);

  return {
    budget,
    admission,
    /** Expected duration of the next full collection, in milliseconds. */
    gcPauseMs,
    /** Counts a pause that something else was charged for. */
    charge,
    /**
     * Runs what blocks the thread for some full collections, and charges it. Rejects like {@link Admission.run}.
     *
     * @param isTypical whether it takes no longer than its collections, so that the next ones are expected to take as long
     */
    async pay<T>(
      name: string,
      collections: number,
      run: (meter: CostMeter) => T | Promise<T>,
      isTypical = true,
    ): Promise<Paid<T>> {
      const paid = await admission.run({ name, expectedMs: gcPauseMs() * collections }, run);
      charge(paid.costMs);
      if (isTypical) gcPause.paid(paid.costMs, collections);
      return paid;
    },
    countProbe: (): void => void (probeGcs += 1),
    countSampling: (ms: number): void => void (samplingMs += ms),
    expectedCosts: (): ExpectedCosts => ({
      gcPauseMs: gcPauseMs(),
      profileReadMs: sources.profileReadMs() ?? gcPauseMs(),
    }),
    cost: (): OwnCost & { readonly probeGcs: number } => ({
      samplingSeconds: samplingMs / 1000,
      pauseSeconds: pauseMs / 1000,
      probeGcs,
      selfBytes: sources.selfBytes(),
    }),
    /** Failures by part since the start. */
    failures: failures.counts,
  };
}
