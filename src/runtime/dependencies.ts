import type { Clock } from '../base/clock.js';
import type { Collector } from '../measure/collect.js';
import type { GcWindows } from '../measure/gc-windows.js';
import type { SamplerProbes } from '../measure/sampler.js';
import type { DeepReading } from '../requests/deep-samples.js';

/** Where the core says what went wrong; a pino logger fits. */
export interface CoreLog {
  warn(details: object, message: string): void;
}

export interface CoreDependencies {
  readonly log: CoreLog;
  /** The rest is for tests, which script time and probes. */
  readonly clock?: Clock;
  readonly probes?: SamplerProbes;
  readonly gcWindows?: GcWindows;
  readonly collector?: Collector;
  readonly readDeep?: () => DeepReading;
}
