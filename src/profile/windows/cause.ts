import type { Stack } from '../site.js';

/** What ran the work that no request did. */
export type Cause = 'timer' | 'immediate' | 'start-up' | 'input' | 'event' | 'continuation';

/** Functions of Node's own, by the file that has them; they have kept their names from Node 20 to 26. */
const CAUSES: Readonly<Record<string, Cause>> = {
  'node:internal/timers listOnTimeout': 'timer',
  'node:internal/timers processTimers': 'timer',
  'node:internal/timers processImmediate': 'immediate',
  'node:internal/modules/cjs/loader Module._load': 'start-up',
  'node:internal/modules/esm/module_job run': 'start-up',
  'node:internal/stream_base_commons onStreamRead': 'input',
  'node:internal/process/task_queues processTicksAndRejections': 'continuation',
  'node:events emit': 'event',
};

/**
 * Names what began the work of a stack, by the outermost frame of Node's own that tells: a timer, an immediate, the loading
 * of a module, input from a socket or pipe, or an event. `continuation` is what goes on after an `await`, when the stack does
 * not show what it waited for. Undefined where no frame tells.
 */
export function causeOf(stack: Stack): Cause | undefined {
  const causes = stack
    .map(({ url, functionName }) => CAUSES[`${url} ${functionName}`])
    .filter((cause) => cause !== undefined);
  return causes.findLast((cause) => cause !== 'continuation') ?? causes[0];
}
