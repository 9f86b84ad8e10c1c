import { median, medianAbsoluteDeviation, medianInterval } from '../lib/statistics.js';

/**
 * What many rounds say of one contender on one route; all pairs are of the same round, where both met the same machine.
 * @param {readonly number[]} micros CPU microseconds a request, by round.
 * @param {readonly number[]} bare The same for bare Fastify.
 */
export function summarize(micros, bare) {
  const added = micros.map((value, round) => value - (bare[round] ?? NaN));
  const ratios = micros.map((value, round) => value / (bare[round] ?? NaN));
  return {
    micros: median(micros),
    microsMad: medianAbsoluteDeviation(micros),
    addedMicros: median(added),
    addedInterval: medianInterval(added),
    ratio: median(ratios),
    ratioInterval: medianInterval(ratios),
  };
}
