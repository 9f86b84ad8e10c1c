import { TidemarkError } from '../base/errors.js';
import type { Clock } from '../base/clock.js';
import { createClassCounts, sizeOf, type ClassCounts } from './class-counts.js';
import { isClass, type AnyClass } from './counting-class.js';
import type { CountGrowth } from './count-series.js';
import { createExactCounting, type ExactCountingSources, type ExactInstances } from './exact-counting.js';
import { queryCount, type ExactCount } from './exact-count.js';

export interface TrackClassOptions {
  /** The name in answers and metrics; by default that of the class. */
  readonly name?: string;
}

/** What is known about the instances of one class without a heap walk. */
export interface InstanceReading {
  readonly class: string;
  /** Constructed through the class that `trackClass` returned. */
  readonly created: number;
  readonly finalized: number;
  /** Live instances, including garbage not yet collected; absent if none was ever seen. */
  readonly live?: number;
  /** One construction in this many is watched; above 1 `finalized` and `live` are estimates. */
  readonly sampleEvery: number;
  /** Growth of the counts after garbage collections. */
  readonly growthPerSecond?: CountGrowth['perSecond'];
  /** The newest exact count. */
  readonly exact?: { readonly count: number; readonly atMs: number };
}

/** A class with a growing number of instances. */
export interface GrowingClass {
  readonly name: string;
  readonly size: number;
  readonly growthPerSecond: number;
}

/** The classes of the application whose instances are counted. */
export interface Instances {
  readonly size: number;
  /** Counts instances constructed through the returned class. The same class twice returns the same. */
  track<C extends AnyClass>(ctor: C, options?: TrackClassOptions): C;
  readings(): readonly InstanceReading[];
  /** Live instances by class, as cheaply as possible: for metrics. */
  live(): Iterable<readonly [name: string, live: number | undefined]>;
  /** Records the counts of this tick; `majorGcs` is the number of floors so far. */
  observe(majorGcs: number): void;
  /** Classes whose count rose significantly, and by more than a few, since a time of the monotonic clock. */
  growing(sinceMs: number): readonly GrowingClass[];
  /** Counts each class by a heap walk. Rejects like {@link Admission.run} if the budget does not allow it. */
  countAll(): Promise<readonly ExactInstances[]>;
  /** Drops all classes and registrations; returned classes still construct, but no longer count. */
  stop(): void;
}

export interface InstancesOptions extends Omit<ExactCountingSources, 'names' | 'count'> {
  readonly clock: Clock;
  readonly count?: ExactCount;
}

/** A class takes about 4 KiB of points besides its registrations, and one series of the metrics. */
export const MAX_CLASSES = 64;
const MAX_NAME_LENGTH = 128;
const MAX_GROWING = 10;
/** A smaller rise, or a smaller share of the count, does not explain growth of the heap. */
const LEAST_RISE = 10;
const LEAST_RISE_SHARE = 0.02;

export function createInstances({ clock, count = queryCount, ...cost }: InstancesOptions): Instances {
  const classes = new Map<string, ClassCounts>();
  let stopped = false;
  let floors = 0;

  const countExactly = (name: string): ExactInstances | undefined => {
    const one = classes.get(name);
    if (one === undefined) return undefined;
    const exact = count(one.ctor) - prototypesWithin(one, classes.values());
    one.exact = { count: exact, atMs: clock.wall() };
    if (one.counter.created === 0) {
      // These counts are the only record of such a class.
      one.countedInHeap = true;
      one.series.note(exact, clock.monotonic());
      one.series.close();
    }
    return { class: name, count: exact };
  };

  return {
    get size() {
      return classes.size;
    },
    track<C extends AnyClass>(ctor: C, options: TrackClassOptions = {}): C {
      if (!isClass(ctor)) throw invalid('only a class can be tracked');
      if (stopped) return ctor;
      const known = [...classes.values()].find((one) => one.ctor === ctor || one.counting === ctor);
      if (known !== undefined) return known.counting as C;
      const name = options.name ?? ctor.name;
      if (typeof name !== 'string' || name === '' || name.length > MAX_NAME_LENGTH) {
        throw invalid(`a class needs a name of 1 to ${MAX_NAME_LENGTH} characters; give it as { name }`);
      }
      if (classes.has(name)) throw invalid(`another class is tracked as "${name}"; give this one a { name }`);
      if (classes.size >= MAX_CLASSES) {
        throw new TidemarkError('TIDEMARK_ERR_INSTANCES_LIMIT', { reason: `${MAX_CLASSES} are tracked` });
      }
      const made = createClassCounts(name, ctor, clock.monotonic);
      classes.set(name, made);
      return made.counting as C;
    },
    readings: () => [...classes.values()].map(readingOf),
    *live() {
      for (const one of classes.values()) yield [one.name, sizeOf(one)];
    },
    observe(majorGcs) {
      const hasFloor = majorGcs !== floors;
      floors = majorGcs;
      for (const one of classes.values()) {
        const { counter, series } = one;
        if (counter.created === 0) continue;
        // The two kinds of counts differ by instances constructed elsewhere and cannot share a line.
        if (one.countedInHeap) series.clear();
        one.countedInHeap = false;
        series.note(counter.live, clock.monotonic());
        if (hasFloor) series.close();
      }
    },
    growing(sinceMs) {
      return [...classes.values()]
        .flatMap((one) => growingClass(one, sinceMs))
        .toSorted((a, b) => b.growthPerSecond - a.growthPerSecond)
        .slice(0, MAX_GROWING);
    },
    countAll: createExactCounting({ ...cost, names: () => [...classes.keys()], count: countExactly }),
    stop() {
      stopped = true;
      for (const { counter } of classes.values()) counter.stop();
      classes.clear();
    },
  };
}

function invalid(reason: string): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_INSTANCES_INVALID', { reason });
}

function readingOf(one: ClassCounts): InstanceReading {
  const { name, counter, series, exact } = one;
  const live = sizeOf(one);
  const growth = series.growth();
  return {
    class: name,
    created: counter.created,
    finalized: Math.min(counter.finalized, counter.created),
    ...(live !== undefined && { live }),
    sampleEvery: counter.sampleEvery,
    ...(growth && { growthPerSecond: growth.perSecond }),
    ...(exact && { exact }),
  };
}

function growingClass(one: ClassCounts, sinceMs: number): GrowingClass[] {
  const size = sizeOf(one);
  const growth = one.series.growth(sinceMs);
  if (size === undefined || growth === undefined || !(growth.perSecond.low > 0)) return [];
  const rise = growth.perSecond.value * growth.seconds;
  if (rise < Math.max(LEAST_RISE, LEAST_RISE_SHARE * size)) return [];
  return [{ name: one.name, size, growthPerSecond: growth.perSecond.value }];
}

/** To V8 the prototype object of a subclass is an instance; those of tracked subclasses can be subtracted. */
function prototypesWithin({ ctor }: ClassCounts, all: Iterable<ClassCounts>): number {
  const parent = ctor.prototype as object;
  let found = 0;
  for (const other of all) {
    if (Object.prototype.isPrototypeOf.call(parent, other.ctor.prototype as object)) found += 1;
  }
  return found;
}
