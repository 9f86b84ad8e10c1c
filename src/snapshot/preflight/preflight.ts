import type { CgroupReading } from '../../measure/reading.js';
import { TidemarkError } from '../../base/errors.js';
import { FORK_LEAST_MS, type Range, type SnapshotCosts } from './costs.js';
import type { WriterName } from '../writers/writer.js';

export interface PreflightReadings {
  readonly writer: WriterName;
  readonly heapUsedBytes: number;
  readonly heapCommittedBytes: number;
  readonly cgroup?: CgroupReading;
  /** Free memory of the machine, including page cache that it can drop. */
  readonly machineFreeBytes?: number;
  /** Free bytes where the snapshot is stored. */
  readonly diskFreeBytes?: number;
  /** Whether the kernel, when it kills one process of the cgroup for memory, kills all of them. */
  readonly killsTogether?: boolean;
}

export interface Budget {
  readonly needBytes: Range;
  readonly freeBytes: number;
}

export interface Preflight {
  readonly writer: WriterName;
  /** The longest time for which the event loop is blocked. */
  readonly pauseMs: Range;
  /** The same if a fork's first attempt fails and the second collects first. */
  readonly retryPauseMs?: Range;
  readonly totalMs: Range;
  readonly fileBytes: Range;
  /** The most memory that all processes together need at one time, on top of what is used now. */
  readonly peakBytes: Range;
  readonly memory?: Budget;
  readonly disk?: Budget;
  /** Whether there is enough memory and disk space over the whole range (`yes`), nowhere in it (`no`), or in a part of it. */
  readonly survives: 'yes' | 'no' | 'unsure';
  /** What is scarcest; absent when nothing could be read. */
  readonly decidedBy?: 'memory' | 'disk';
  /** What the kernel kills if memory runs short after all. */
  readonly atRisk: 'snapshot' | 'server';
  /** Captures of this process that calibrated the figures; 0 means that they come from other machines. */
  readonly calibratedBy: number;
}

const MIB = 1024 * 1024;
/** The process that redacts and stores what the writer sends. */
const READER_BYTES = 150 * MIB;
/** Parsing and dominators, for each byte of the file: 0.9 GB for 340 MB. It begins after the memory of the walk is freed. */
const ANALYSIS_SHARE = 2.7;
/** A full collection, as the probes of the verdict have it. */
const COLLECT_MS_PER_MIB: Range = { value: 2, low: 0.7, high: 3.6 };
/** Share of the pages that a fork shares and that are then written to, by either side: each is copied once. */
const COPIED: Range = { value: 0.5, low: 0.1, high: 1 };
/** The in-process stream stops the server twice; 0.71 and 0.77 were measured for the longer of them. */
const LONGER_HALF: Range = { value: 0.7, low: 0.5, high: 0.85 };
/** Share of what is free that is left to everything else. */
const RESERVE = 0.1;

const map = (range: Range, by: (value: number) => number): Range => ({
  value: by(range.value),
  low: by(range.low),
  high: by(range.high),
});

const times = (one: Range, other: Range): Range => ({
  value: one.value * other.value,
  low: one.low * other.low,
  high: one.high * other.high,
});

const plus = (one: Range, other: Range): Range => ({
  value: one.value + other.value,
  low: one.low + other.low,
  high: one.high + other.high,
});

/**
 * Predicts what a snapshot would cost now, and whether there is room for it. Nearly all of the memory is V8's, which keeps up to 1 KB
 * for each object while it walks the heap: 3.3 GB for 160 MB of small objects, measured.
 */
export function predict(readings: PreflightReadings, costs: SnapshotCosts): Preflight {
  const { writer, heapUsedBytes, heapCommittedBytes } = readings;
  const forks = writer === 'fork';
  const fileBytes = map(costs.fileShare, (share) => share * heapUsedBytes);
  const totalMs = map(times(fileBytes, costs.fileNs), (ns) => ns / 1e6);
  const walkBytes = times(fileBytes, costs.walkShare);
  const committedMib = heapCommittedBytes / MIB;
  const forkMs = map(costs.forkMsPerMib, (ms) => FORK_LEAST_MS + ms * committedMib);
  const collectMs = map(COLLECT_MS_PER_MIB, (ms) => ms * (heapUsedBytes / MIB));
  // A forked child copies pages; without a fork the whole file stays in this process's memory until the reader has it.
  const ownBytes = forks ? map(COPIED, (share) => share * heapCommittedBytes) : fileBytes;
  const peakBytes = atLeast(
    map(plus(walkBytes, ownBytes), (bytes) => bytes + READER_BYTES),
    map(fileBytes, (bytes) => bytes * ANALYSIS_SHARE + READER_BYTES),
  );
  const memory = budget(peakBytes, freeMemoryBytes(readings));
  const disk = budget(fileBytes, readings.diskFreeBytes);
  const decidedBy = scarcer(memory, disk);
  return {
    writer,
    pauseMs: forks ? forkMs : pauseInProcess(writer, totalMs),
    ...(forks && { retryPauseMs: plus(forkMs, collectMs) }),
    totalMs,
    fileBytes,
    peakBytes,
    ...(memory && { memory }),
    ...(disk && { disk }),
    survives: survival([memory, disk]),
    ...(decidedBy && { decidedBy }),
    atRisk: forks && readings.killsTogether !== true ? 'snapshot' : 'server',
    calibratedBy: costs.captures,
  };
}

const pauseInProcess = (writer: WriterName, totalMs: Range): Range =>
  writer === 'v8' ? times(totalMs, LONGER_HALF) : totalMs;

const atLeast = (one: Range, other: Range): Range => ({
  value: Math.max(one.value, other.value),
  low: Math.max(one.low, other.low),
  high: Math.max(one.high, other.high),
});

/** The smaller of what the cgroup and what the machine have left; undefined when neither could be read. */
function freeMemoryBytes({ cgroup, machineFreeBytes }: PreflightReadings): number | undefined {
  const usedBytes = cgroup === undefined ? 0 : cgroup.usageBytes - (cgroup.inactiveFileBytes ?? 0);
  const free = [
    ...(cgroup?.limitBytes === undefined ? [] : [Math.max(0, cgroup.limitBytes - usedBytes)]),
    ...(machineFreeBytes === undefined ? [] : [machineFreeBytes]),
  ];
  return free.length === 0 ? undefined : Math.min(...free);
}

function budget(needBytes: Range, freeBytes: number | undefined): Budget | undefined {
  return freeBytes === undefined ? undefined : { needBytes, freeBytes };
}

/** The share of what is free that is needed. */
const strain = ({ needBytes, freeBytes }: Budget, end: 'low' | 'high'): number =>
  freeBytes === 0 ? Infinity : needBytes[end] / freeBytes;

function scarcer(memory: Budget | undefined, disk: Budget | undefined): 'memory' | 'disk' | undefined {
  if (memory === undefined) return disk === undefined ? undefined : 'disk';
  if (disk === undefined) return 'memory';
  return strain(disk, 'high') > strain(memory, 'high') ? 'disk' : 'memory';
}

function survival(budgets: readonly (Budget | undefined)[]): Preflight['survives'] {
  const known = budgets.filter((one) => one !== undefined);
  if (known.some((one) => strain(one, 'low') > 1 - RESERVE)) return 'no';
  const sure = known.length === budgets.length && known.every((one) => strain(one, 'high') <= 1 - RESERVE);
  return sure ? 'yes' : 'unsure';
}

/** @throws TIDEMARK_ERR_SNAPSHOT_REFUSED with the numbers, if there is certainly too little room */
export function checkSurvival({ survives, memory, disk, decidedBy, pauseMs }: Preflight): void {
  if (survives !== 'no') return;
  const details = Object.entries({ memory, disk }).flatMap(([path, budget]) => {
    if (budget === undefined) return [];
    const [low, high, free] = [budget.needBytes.low, budget.needBytes.high, budget.freeBytes].map(Math.round);
    return [{ path, message: `needs ${low} to ${high} bytes, ${free} are free`, value: free }];
  });
  throw new TidemarkError('TIDEMARK_ERR_SNAPSHOT_REFUSED', {
    reason: `too little ${decidedBy ?? 'room'}; the pause would be about ${Math.ceil(pauseMs.value)} ms, and "force": true takes it all the same`,
    details,
  });
}
