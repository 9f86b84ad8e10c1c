import v8 from 'node:v8';
import vm from 'node:vm';
import { systemClock } from '../../dist/src/base/clock.js';
import { createLiveProfile } from '../../dist/src/profile/live-profile.js';
import { createFloorSeries } from '../../dist/src/verdict/floors/floor-series.js';
import { traffic } from '../../dist/test/verdict/traffic.js';

const READINGS = 24;
const FUNCTIONS = 400;
const INTERVAL_BYTES = 32 * 1024;
/** Bytes that each function keeps: a few samples. */
const KEPT_BYTES = 96 * 1024;

v8.setFlagsFromString('--expose-gc');
const collect = /** @type {() => void} */ (vm.runInNewContext('gc'));

function memoryBytes() {
  for (let i = 0; i < 4; i += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * Bytes that a full history of floors takes.
 * @param {number} routes
 */
export function floorBytes(routes) {
  const before = memoryBytes();
  const series = createFloorSeries();
  for (const point of traffic({ floors: 96, routes })) series.add(point);
  const bytes = memoryBytes() - before;
  if (series.points.length !== 96) throw new Error('the series is not full');
  return bytes;
}

/** Bytes that the readings of a profile of many functions take, without the sampled objects. */
export async function readingBytes() {
  const profile = createLiveProfile({
    samplingIntervalBytes: INTERVAL_BYTES,
    stackDepth: 128,
    clock: systemClock,
    sourceMaps: false,
    root: '/app',
  });
  profile.start();
  const kept = Array.from({ length: FUNCTIONS }, (_, i) => {
    const source = `(function keeper${i}(cells) { return Array.from({ length: cells }, (_, n) => ({ n, i: ${i} })); })`;
    const keeper = vm.runInThisContext(source, { filename: `/app/src/keeper-${i}.js` });
    return /** @type {unknown[]} */ (keeper(KEPT_BYTES / 40));
  });
  const before = memoryBytes();
  for (let i = 0; i < READINGS; i += 1) await profile.read();
  const bytes = memoryBytes() - before;
  const sites = profile.growthSince()?.sites.length ?? 0;
  profile.stop();
  if (kept.length !== FUNCTIONS || sites === 0) throw new Error('nothing was sampled');
  return bytes;
}
