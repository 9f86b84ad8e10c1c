import { median, medianAbsoluteDeviation, medianInterval } from '../lib/statistics.js';

/**
 * Summarises the rounds of one contender on one route. Pairs are of the same round, measured under the same conditions.
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
