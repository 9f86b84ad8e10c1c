import type { Operations } from '../cost/operations.js';
import type { ResolvedOptions } from '../config/options.js';
import type { Clock } from '../base/clock.js';
import type { Judge } from './judge.js';
import type { Ledger } from './ledger.js';
import type { Sensors } from './sensors.js';

/** All facts known to the parts of the runtime; answers are built from them. */
export interface Core extends Sensors, Judge, Ledger {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  /** What takes longer than a request. */
  readonly operations: Operations;
  /** Aborted when the server is about to close. */
  readonly stopping: AbortSignal;
}
