import type { CgroupReading } from '../../measure/reading.js';
import { FILE_BYTES_PER_OBJECT, FORK_LEAST_MS, type Range, type SnapshotCosts } from './costs.js';
import type { WriterName } from '../writers/writer.js';

export interface PreflightReadings {
  readonly writer: WriterName;
  readonly heapUsedBytes: number;
  readonly heapCommittedBytes: number;
  /** Live objects, where something has counted or sampled them. */
  readonly objects?: number;
  readonly cgroup?: CgroupReading;
  /** What the machine has to give, page cache that it can drop included. */
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
  /** The longest stretch for which the event loop stands still. */
  readonly pauseMs: Range;
  /** The same if a fork's first attempt fails and the second collects first. */
  readonly retryPauseMs?: Range;
  readonly totalMs: Range;
  readonly fileBytes: Range;
  /** The most memory it takes at one time beside what is used now, in all processes. */
  readonly peakBytes: Range;
  readonly memory?: Budget;
  readonly disk?: Budget;
  /** Whether all that is needed is there: surely, surely not, or it depends on what the ranges leave open. */
  readonly survives: 'yes' | 'no' | 'unsure';
  /** What is scarcest; absent when nothing could be read. */
  readonly decidedBy?: 'memory' | 'disk';
  /** Who goes when memory is short after all. */
  readonly atRisk: 'snapshot' | 'server';
  /** Captures of this process that the figures rest on. */
  readonly calibratedBy: number;
}

const MIB = 1024 * 1024;
/** A Node that redacts and stores while it reads. */
const READER_BYTES = 150 * MIB;
/** Parsing and dominators, for each byte of the file: 0.9 GB for 340 MB. It begins when the walk's memory is free again. */
const ANALYSIS_SHARE = 2.7;
/** A full collection, as the probes of the verdict have it. */
const COLLECT_MS_PER_MIB: Range = { value: 2, low: 0.7, high: 3.6 };
/** Both sides write to pages that a fork has made common, and each such page is copied once. */
const COPIED: Range = { value: 0.5, low: 0.1, high: 1 };
/** The in-process stream stops the server twice; 0.71 and 0.77 were measured for the longer of them. */
const LONGER_HALF: Range = { value: 0.7, low: 0.5, high: 0.85 };
/** Room that is left to everybody else. */
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
 * What a snapshot would cost now, and whether there is room for it. The memory is nearly all V8's, which keeps up to 1 KB
 * for each object while it walks the heap: 3.3 GB for 160 MB of small objects, measured.
 */
export function preflight(readings: PreflightReadings, costs: SnapshotCosts): Preflight {
  const { writer, heapUsedBytes, heapCommittedBytes, objects } = readings;
  const forks = writer === 'fork';
  const uncalibrated = costs.captures === 0 && objects !== undefined;
  const fileBytes = uncalibrated
    ? map(FILE_BYTES_PER_OBJECT, (bytes) => bytes * objects)
    : map(costs.fileShare, (share) => share * heapUsedBytes);
  const totalMs = map(times(fileBytes, costs.fileNs), (ns) => ns / 1e6);
  const walkBytes = times(fileBytes, costs.walkShare);
  const committedMib = heapCommittedBytes / MIB;
  const forkMs = map(costs.forkMsPerMib, (ms) => FORK_LEAST_MS + ms * committedMib);
  const collectMs = map(COLLECT_MS_PER_MIB, (ms) => ms * (heapUsedBytes / MIB));
  // A forked child copies pages; in this process the whole file waits in memory until the reader has it.
  const besideBytes = forks ? map(COPIED, (share) => share * heapCommittedBytes) : fileBytes;
  const peakBytes = atLeast(
    map(plus(walkBytes, besideBytes), (bytes) => bytes + READER_BYTES),
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
