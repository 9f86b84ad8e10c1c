import type { CoreLog } from './dependencies.js';
import type { Core } from './core.js';
import { createInspection, type Inspection } from '../snapshot/service/service.js';

/** The snapshots that the options ask for, paid from the core's budget. */
export function inspectionOf(core: Core, log: CoreLog): Inspection | undefined {
  const { options, clock, admission } = core;
  if (!options.snapshots.enabled) return undefined;
  return createInspection({
    options,
    clock,
    admission,
    verdict: () => core.judgement()?.verdict,
    growthPerSecond() {
      const judgement = core.judgement();
      return judgement && 'growth' in judgement ? judgement.growth.bytesPerSecond.value : undefined;
    },
    paid: (costMs) => core.charge(costMs),
    onFault: (err) => log.warn({ part: 'operations', err }, 'tidemark: an operation failed'),
  });
}
