import type { HistoryAnswer } from './schema.js';

const STATISTICS = ['min', 'max', 'last'] as const;

/**
 * A history as CSV (RFC 4180): one line a step, `time` in ISO 8601, then the minimum, maximum and last value of each
 * series; an empty cell where nothing was read. Every line ends with CR LF.
 */
export function historyCsv(answer: HistoryAnswer): string {
  const names = Object.keys(answer.series);
  const columns = names.flatMap((name) => STATISTICS.map((statistic) => answer.series[name]![statistic]));
  const header = [
    'time',
    ...names.flatMap((name) => STATISTICS.map((statistic) => field(`${name}_${statistic}`))),
  ];
  const lines = answer.times.map((time, i) => [time, ...columns.map((column) => column[i] ?? '')].join(','));
  return [header.join(','), ...lines, ''].join('\r\n');
}

/** Quoted only if the text could end a field. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
