import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';

/** The servers chosen at the top of the dashboard. */
export const chosen = 'job=~"$job", instance=~"$instance"';

/** A metric of the chosen servers, with further label matchers if there are any. */
export function of(metric: string, ...matchers: readonly string[]): string {
  return `${metric}{${[chosen, ...matchers].join(', ')}}`;
}

/** Per second, over a window that is never shorter than four scrapes. */
export function rate(metric: string, ...matchers: readonly string[]): string {
  return `rate(${of(metric, ...matchers)}[$__rate_interval])`;
}

/** The quantile `q` (0 to 1) of a histogram, grouped by `labels`. */
export function quantile(q: number, histogram: string, labels: readonly string[]): string {
  const by = ['le', 'instance', ...labels].join(', ');
  return `histogram_quantile(${q}, sum by (${by}) (${rate(`${histogram}_bucket`)}))`;
}

/** One line, or one set of lines, of a panel. */
export interface Line {
  readonly expr: string;
  /** The legend; `{{label}}` is replaced by a label's value. */
  readonly legend: string;
  /** Only the newest value, for panels without a time axis. */
  readonly instant?: boolean;
}

/** @param row index of the query in its panel, from 0 */
export function query({ expr, legend, instant = false }: Line, row: number): DataqueryBuilder {
  const builder = new DataqueryBuilder()
    .expr(expr)
    .legendFormat(legend)
    .refId(String.fromCodePoint(65 + row));
  return instant ? builder.instant() : builder.range();
}
