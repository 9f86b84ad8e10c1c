import type { Aggregator } from 'prom-client';
import { NO_LABELS, type Labels } from './labels.js';

interface Head {
  readonly name: string;
  readonly help: string;
  /** How prom-client aggregates the workers of a cluster. */
  readonly aggregator: Aggregator;
}

export type EmitValue = (labels: Labels, value: number) => void;
/** `cumulative` has one count for each bound; it is only valid during the call. */
export type EmitHistogram = (
  labels: Labels,
  cumulative: ArrayLike<number>,
  count: number,
  sum: number,
) => void;

/**
 * `unknown` is a gauge with one of prom-client's names that end in `_total`: `promtool check metrics` refuses such a gauge,
 * and accepts the series without a type.
 */
export interface ValueFamily extends Head {
  readonly type: 'counter' | 'gauge' | 'unknown';
  collect(emit: EmitValue): void;
}

export interface HistogramFamily extends Head {
  readonly type: 'histogram';
  /** Upper bounds, rising, without +Inf. */
  readonly bounds: readonly number[];
  collect(emit: EmitHistogram): void;
}

/** All series of one name. It holds no values: collecting reads them from their source. */
export type Family = ValueFamily | HistogramFamily;

/** A missing reading has no series. */
type Reading = number | undefined;
export type LabelledReadings = Iterable<readonly [Labels, Reading]>;

export interface ValueOptions {
  readonly type?: ValueFamily['type'];
  readonly aggregator?: Aggregator;
}

/** A family of at most one series, a gauge unless said otherwise. */
export function single(
  name: string,
  help: string,
  read: () => Reading,
  options: ValueOptions = {},
): ValueFamily {
  return labelled(name, help, () => [[NO_LABELS, read()]], options);
}

/** A family with a series for each label set that has a value. */
export function labelled(
  name: string,
  help: string,
  read: () => LabelledReadings,
  { type = 'gauge', aggregator = 'sum' }: ValueOptions = {},
): ValueFamily {
  return {
    name,
    help,
    type,
    aggregator,
    collect(emit) {
      for (const [labels, value] of read()) {
        if (value !== undefined && !Number.isNaN(value)) emit(labels, value);
      }
    },
  };
}

/** How many series the family has now. */
export function countSeries(family: Family): number {
  let series = 0;
  if (family.type === 'histogram') {
    const perRow = family.bounds.length + 3;
    family.collect(() => (series += perRow));
  } else {
    family.collect(() => (series += 1));
  }
  return series;
}
