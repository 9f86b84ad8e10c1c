import type { Stack } from '../site.js';

/** What started work outside requests. */
export type Cause = 'timer' | 'immediate' | 'start-up' | 'input' | 'event' | 'continuation';

/** Functions of Node by file; their names are the same from Node 20 to 26. */
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
 * Names what started the work of a stack, by the outermost known frame of Node: a timer, an immediate, the loading of a
 * module, input from a socket or pipe, or an event. `continuation` is code after an `await` when the stack does not show
 * what it awaited. Undefined if no frame is known.
 */
export function causeOf(stack: Stack): Cause | undefined {
  const causes = stack
    .map(({ url, functionName }) => CAUSES[`${url} ${functionName}`])
    .filter((cause) => cause !== undefined);
  return causes.findLast((cause) => cause !== 'continuation') ?? causes[0];
}
