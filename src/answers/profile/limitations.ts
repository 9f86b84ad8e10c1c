import type { LiveProfile, MadeChange } from '../../profile/live-profile.js';
import type { Reading } from '../../profile/reading.js';
import type { PastSampling } from '../../profile/past-samplings.js';
import type { SamplingCause } from '../../profile/raw-profile.js';
import { iso } from '../common.js';
import { whole } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { ProfileAnswer } from './schema.js';

type Limitation = ProfileAnswer['limitations'][number];

/** What limits a reading: when sampling ran, and at which interval. */
export interface LimitationFacts extends Pick<
  LiveProfile,
  'samplingIntervalBytes' | 'earlier' | 'changes' | 'wantedSinceMs'
> {
  /** The interval asked for. */
  readonly configuredIntervalBytes: number;
  /** Packages in this process that may stop the sampling. */
  readonly agents: readonly string[];
}

/** A younger sampling has seen too little. */
const YOUNG_MS = 60_000;
/** A reading or a start takes this long; shorter gaps are not reported. */
const SHORT_MS = 1_000;

/** @param since the earlier of two readings, if only growth between them is shown */
export function profileLimitations(
  facts: LimitationFacts,
  reading: Reading,
  since: Reading | undefined,
): Limitation[] {
  const { earlier, agents } = facts;
  return [
    ...limitation('before', beginOf(facts, reading)),
    ...earlier.flatMap((past) => limitation('gap', gapAfter(past, agents))),
    ...limitation('gap', since && brokenBetween(since, reading)),
    ...limitation('interval', intervalOf(facts)),
  ];
}

function limitation(part: Limitation['part'], because: string | undefined): Limitation[] {
  return because === undefined ? [] : [{ part, because }];
}

const ENDED_BY: Readonly<Record<SamplingCause, string>> = {
  start: 'the profile was stopped',
  window: 'a retention window needed the sampler of V8',
  interval: 'the sampling interval was changed',
  interruption: 'another inspector session ended the sampling',
};

function endedBy(cause: SamplingCause, agents: readonly string[]): string {
  const isNamed = cause === 'interruption' && agents.length > 0;
  return isNamed ? `${ENDED_BY[cause]} (possibly ${agents.join(' or ')})` : ENDED_BY[cause];
}

function beginOf(
  { earlier, agents, wantedSinceMs = Infinity }: LimitationFacts,
  { startedAtMs, takenAtMs }: Reading,
): string | undefined {
  const age = `the sampling began ${formatSeconds(Math.max(0, takenAtMs - startedAtMs) / 1000)} ago, at ${iso(startedAtMs)}`;
  const past = earlier.at(-1);
  if (past !== undefined) {
    if (past.ended === 'interruption') {
      return `${endedBy(past.ended, agents)} after ${iso(past.takenAtMs)}, and it restarted at an unknown time; memory that was alive then is in earlier, and may have been freed since`;
    }
    return `${age}, because ${ENDED_BY[past.ended]}; memory that was alive at ${iso(past.takenAtMs)} is in earlier, and may have been freed since`;
  }
  if (startedAtMs - wantedSinceMs > SHORT_MS) {
    return `${age}, because another profiler held the sampler of V8 before; earlier allocations are not known`;
  }
  return takenAtMs - startedAtMs < YOUNG_MS ? `${age}: earlier allocations are not known` : undefined;
}

/** The time between the last reading of a sampling and the start of the next, if allocations in it are lost. */
function gapAfter(
  { takenAtMs, nextAtMs, ended }: PastSampling,
  agents: readonly string[],
): string | undefined {
  if (nextAtMs - takenAtMs < SHORT_MS) return undefined;
  const between = `between ${iso(takenAtMs)} and ${iso(nextAtMs)}`;
  return ended === 'interruption'
    ? `${endedBy(ended, agents)} ${between}: some allocations of that time are missing`
    : `allocations ${between} are missing: ${ENDED_BY[ended]}`;
}

function brokenBetween(since: Reading, reading: Reading): string | undefined {
  if (since.mark.epoch === reading.mark.epoch) return undefined;
  return `the sampling restarted at ${iso(reading.startedAtMs)}, between the two readings: only later allocations are shown`;
}

function intervalOf({
  samplingIntervalBytes,
  configuredIntervalBytes,
  changes,
}: LimitationFacts): string | undefined {
  const last = changes.at(-1);
  const isConfigured = samplingIntervalBytes === configuredIntervalBytes;
  if (last === undefined || last.toBytes !== samplingIntervalBytes) {
    return isConfigured
      ? undefined
      : `the sampling interval is ${formatBytes(samplingIntervalBytes)} instead of the configured ${formatBytes(configuredIntervalBytes)}: another instance of Tidemark in this process set it`;
  }
  return isConfigured ? undefined : changeText(last, configuredIntervalBytes);
}

function changeText(change: MadeChange, configuredIntervalBytes: number): string {
  const { atMs, fromBytes, toBytes, allocatedBytesPerSecond, samplesPerSecond, mostSamplesPerSecond } =
    change;
  const what = `the sampling interval is ${formatBytes(toBytes)} since ${iso(atMs)} instead of the configured ${formatBytes(configuredIntervalBytes)}`;
  const rate = `${formatBytes(allocatedBytesPerSecond)}/s were allocated`;
  return toBytes > fromBytes
    ? `${what}: ${rate}, which took ${whole(Math.round(samplesPerSecond))} samples a second; ${whole(Math.round(mostSamplesPerSecond))} cost 0.5 % of a core`
    : `${what}: it was coarser, and becomes finer step by step while little is allocated`;
}
