import type { LiveProfile, MadeChange } from '../../profile/live-profile.js';
import type { Reading } from '../../profile/reading.js';
import type { PastSampling } from '../../profile/past-samplings.js';
import type { SamplingCause } from '../../profile/raw-profile.js';
import { iso } from '../common.js';
import { whole } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { ProfileAnswer } from './schema.js';

type Limitation = ProfileAnswer['limitations'][number];

/** What a reading cannot show because of when and how finely was sampled. */
export interface LimitationFacts extends Pick<
  LiveProfile,
  'samplingIntervalBytes' | 'earlier' | 'changes' | 'wantedSinceMs'
> {
  /** The interval asked for. */
  readonly configuredIntervalBytes: number;
  /** Packages in this process that may stop the sampling. */
  readonly agents: readonly string[];
}

/** A sampling as young as this has hardly anything to show. */
const YOUNG_MS = 60_000;
/** The pause of a reading, and the time a start takes, are no gap worth a sentence. */
const SHORT_MS = 1_000;

/** @param since the earlier of two readings, if only what stayed between them is shown */
export function profileLimitations(
  facts: LimitationFacts,
  reading: Reading,
  since: Reading | undefined,
): Limitation[] {
  const { earlier, agents } = facts;
  return [
    ...told('before', beginOf(facts, reading)),
    ...earlier.flatMap((past) => told('gap', gapAfter(past, agents))),
    ...told('gap', since && brokenBetween(since, reading)),
    ...told('interval', intervalOf(facts)),
  ];
}

function told(part: Limitation['part'], because: string | undefined): Limitation[] {
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
  return isNamed ? `${ENDED_BY[cause]} (loaded and able to: ${agents.join(', ')})` : ENDED_BY[cause];
}

function beginOf(
  { earlier, agents, wantedSinceMs = Infinity }: LimitationFacts,
  { startedAtMs, takenAtMs }: Reading,
): string | undefined {
  const age = `the sampling began ${formatSeconds(Math.max(0, takenAtMs - startedAtMs) / 1000)} ago, at ${iso(startedAtMs)}`;
  const past = earlier.at(-1);
  if (past !== undefined) {
    if (past.ended === 'interruption') {
      return `${endedBy(past.ended, agents)} after ${iso(past.takenAtMs)}, and it began again at an unknown time; what was alive then is in earlier, and may have been freed since`;
    }
    return `${age}, because ${ENDED_BY[past.ended]}; what was alive before, at ${iso(past.takenAtMs)}, is in earlier, and may have been freed since`;
  }
  if (startedAtMs - wantedSinceMs > SHORT_MS) {
    return `${age}, because another profiler held the sampler of V8 before; what was allocated until then is not known`;
  }
  return takenAtMs - startedAtMs < YOUNG_MS ? `${age}: what was allocated before is not known` : undefined;
}

/** What was allocated after the last reading of a sampling, and before the next one began. */
function gapAfter(
  { takenAtMs, nextAtMs, ended }: PastSampling,
  agents: readonly string[],
): string | undefined {
  if (nextAtMs - takenAtMs < SHORT_MS) return undefined;
  const between = `between ${iso(takenAtMs)} and ${iso(nextAtMs)}`;
  return ended === 'interruption'
    ? `${endedBy(ended, agents)} ${between}: some of what was allocated in that time is missing`
    : `what was allocated ${between} is missing: ${ENDED_BY[ended]}`;
}

function brokenBetween(since: Reading, reading: Reading): string | undefined {
  if (since.mark.epoch === reading.mark.epoch) return undefined;
  return `the sampling began anew at ${iso(reading.startedAtMs)}, between the two readings: only what was allocated after that is shown`;
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
      : `one in ${formatBytes(samplingIntervalBytes)} is sampled, and not one in ${formatBytes(configuredIntervalBytes)} as configured: another instance of Tidemark in this process has set it`;
  }
  return isConfigured ? undefined : changeText(last, configuredIntervalBytes);
}

function changeText(change: MadeChange, configuredIntervalBytes: number): string {
  const { atMs, fromBytes, toBytes, allocatedBytesPerSecond, samplesPerSecond, mostSamplesPerSecond } =
    change;
  const what = `one in ${formatBytes(toBytes)} is sampled since ${iso(atMs)}, and not one in ${formatBytes(configuredIntervalBytes)} as configured`;
  const rate = `${formatBytes(allocatedBytesPerSecond)}/s were allocated`;
  return toBytes > fromBytes
    ? `${what}: ${rate}, which took ${whole(Math.round(samplesPerSecond))} samples a second, and ${whole(Math.round(mostSamplesPerSecond))} cost 0.5 % of a core`
    : `${what}: it was coarser, and becomes finer step by step while little is allocated`;
}
