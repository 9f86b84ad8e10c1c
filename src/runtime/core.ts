import type { ResolvedOptions } from '../config/options.js';
import type { Clock } from '../base/clock.js';
import type { Judge } from './judge.js';
import type { Ledger } from './ledger.js';
import type { Sensors } from './sensors.js';

/** What is known, from all parts of the runtime together: answers are built from it. */
export interface Core extends Sensors, Judge, Ledger {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  /** Aborted when the server is about to close. */
  readonly stopping: AbortSignal;
}
