import { createSingleFlight, type SingleFlight } from '../../cost/single-flight.js';
import { systemClock } from '../../measure/clock.js';

const KEY = Symbol.for('tidemark.snapshot-capture');

/**
 * One capture at a time in the whole process, however many instances there are: V8's switches belong to all of them, and
 * one that puts them back between another's preparation and its fork would make that child hang.
 */
export function processCaptureSlot(): SingleFlight {
  const holder = globalThis as { [KEY]?: SingleFlight };
  return (holder[KEY] ??= createSingleFlight(systemClock));
}
