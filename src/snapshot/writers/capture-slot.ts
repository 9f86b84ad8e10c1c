import { createSingleFlight, type SingleFlight } from '../../cost/single-flight.js';
import { systemClock } from '../../base/clock.js';

const KEY = Symbol.for('tidemark.snapshot-capture');

export type CaptureSlot = Pick<SingleFlight, 'tryRun'>;

/**
 * One capture at a time in the whole process, however many instances there are: V8's switches belong to all of them, and
 * one that puts them back between another's preparation and its fork would make that child hang. The process knows of the
 * slot only while it is taken.
 */
export function processCaptureSlot(): CaptureSlot {
  const holder = globalThis as { [KEY]?: SingleFlight };
  return {
    async tryRun(name, fn) {
      const flight = (holder[KEY] ??= createSingleFlight(systemClock));
      try {
        return await flight.tryRun(name, fn);
      } finally {
        if (flight.current() === undefined) delete holder[KEY];
      }
    },
  };
}
