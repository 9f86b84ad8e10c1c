import type { Clock } from '../base/clock.js';
import type { CpuReading } from './reading.js';

/**
 * Returns a probe of the CPU time of the whole process, all threads included. The utilization covers the interval since
 * the previous reading (since creation, for the first) and is 0 if no time has passed.
 */
export function createCpuProbe(
  clock: Clock,
  cpuUsage: () => { user: number; system: number } = () => process.cpuUsage(),
): () => CpuReading {
  let before = cpuUsage();
  let beforeMs = clock.monotonic();
  return () => {
    const now = cpuUsage();
    const nowMs = clock.monotonic();
    const elapsedMicroseconds = (nowMs - beforeMs) * 1e3;
    const spentMicroseconds = now.user - before.user + now.system - before.system;
    before = now;
    beforeMs = nowMs;
    return {
      userSeconds: now.user / 1e6,
      systemSeconds: now.system / 1e6,
      utilization: elapsedMicroseconds > 0 ? spentMicroseconds / elapsedMicroseconds : 0,
    };
  };
}
