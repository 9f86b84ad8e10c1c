import { TidemarkError } from '../base/errors.js';
import type { Clock } from '../base/clock.js';
import type { PauseBudget } from './pause-budget.js';
import type { Slot } from './slot.js';

export interface AdmissionSettings {
  readonly clock: Clock;
  readonly budget: PauseBudget;
  /** Of the whole process: two expensive operations make each other's pauses longer and their figures wrong. */
  readonly slot: Slot;
  /** Event loop utilisation, 0 to 1, of the last seconds; nothing when it was not read yet. */
  readonly utilization: () => number | undefined;
  readonly maxEventLoopUtilization: number;
}

export interface ExpensiveOperation {
  readonly name: string;
  /** Milliseconds the serving thread will probably be blocked. */
  readonly expectedMs: number;
}

/** Where an operation that does not block all the time says how long it did. */
export interface CostMeter {
  /** Adds blocked milliseconds. An operation that never calls this is charged its whole duration. */
  blocked(milliseconds: number): void;
}

export interface Paid<T> {
  readonly value: T;
  /** Blocked milliseconds that were charged. */
  readonly costMs: number;
}

/** Runs what was admitted, once, and charges what it took, also when it fails. */
export type AdmittedRun = <T>(fn: (meter: CostMeter) => T | Promise<T>) => Promise<Paid<T>>;

export interface Admission {
  /**
   * Reserves the slot and the expected cost. Whoever is admitted must run: only the run frees the slot.
   *
   * @throws TIDEMARK_ERR_COST_OVERLOADED (503), TIDEMARK_ERR_COST_BUDGET (429), both with a Retry-After, or
   * TIDEMARK_ERR_COST_BUSY (409)
   */
  admit(operation: ExpensiveOperation): AdmittedRun;
  /** Admits and runs; rejects with what {@link Admission.admit} throws. */
  run<T>(operation: ExpensiveOperation, fn: (meter: CostMeter) => T | Promise<T>): Promise<Paid<T>>;
}

/** An overload is measured over seconds; asking again sooner would see the same one. */
const overloadRetrySeconds = 10;

/** Admits one expensive operation at a time while the event loop and the pause budget allow it. */
export function createAdmission(settings: AdmissionSettings): Admission {
  const { clock, budget, slot, utilization, maxEventLoopUtilization } = settings;

  function checkLoad(): void {
    const load = utilization();
    if (load === undefined || load <= maxEventLoopUtilization) return;
    throw new TidemarkError('TIDEMARK_ERR_COST_OVERLOADED', {
      reason: `utilisation ${load.toFixed(2)}, limit ${maxEventLoopUtilization}`,
      retryAfterSeconds: overloadRetrySeconds,
    });
  }

  function checkBudget({ name, expectedMs }: ExpensiveOperation): void {
    const spend = budget.canSpend(expectedMs);
    if (spend.ok) return;
    const leftMs = Math.floor(budget.remainingMs());
    throw new TidemarkError('TIDEMARK_ERR_COST_BUDGET', {
      reason: `"${name}" needs about ${Math.ceil(expectedMs)} ms, ${leftMs} ms are left`,
      retryAfterSeconds: spend.retryAfterSeconds,
    });
  }

  function admit(operation: ExpensiveOperation): AdmittedRun {
    checkLoad();
    checkBudget(operation);
    const free = slot.occupy(operation.name);
    budget.trySpend(operation.expectedMs);
    return async (fn) => {
      const startedAt = clock.monotonic();
      let blockedMs: number | undefined;
      const cost = (): number => blockedMs ?? clock.monotonic() - startedAt;
      const meter: CostMeter = {
        blocked(milliseconds) {
          blockedMs = (blockedMs ?? 0) + milliseconds;
        },
      };
      let costMs: number | undefined;
      try {
        const value = await fn(meter);
        costMs = cost();
        return { value, costMs };
      } finally {
        budget.settle(costMs ?? cost());
        free();
      }
    };
  }

  return {
    admit,
    run: async (operation, fn) => admit(operation)(fn),
  };
}
