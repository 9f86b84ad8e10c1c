import type { Writable } from 'node:stream';
import type { ChildFault } from './child-end.js';
import { createWatchdog, type WatchdogLimits } from './watchdog.js';

const LOOK_MS = 250;

/**
 * Calls `onFault` once when what was written to a reader does not arrive there for too long. Only time in which the event
 * loop runs counts: while V8 stops it, nobody can take anything.
 */
export function watchStream(
  input: Writable,
  givenBytes: () => number,
  limits: WatchdogLimits,
  onFault: (fault: ChildFault) => void,
): { stop(): void } {
  let freeMs = 0;
  const watchdog = createWatchdog(limits, 0);
  const timer = setInterval(() => {
    freeMs += LOOK_MS;
    const state = watchdog.look(freeMs, { writtenBytes: givenBytes() - input.writableLength });
    if (state === 'going') return;
    clearInterval(timer);
    onFault({
      fault: state,
      detail: `the reader took nothing for ${limits.stallMs / 1000} s, or too long in all`,
    });
  }, LOOK_MS).unref();
  return { stop: () => clearInterval(timer) };
}
