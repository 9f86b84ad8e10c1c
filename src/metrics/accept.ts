import type { TextFormat } from './text-format.js';

interface Range {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

/**
 * The format for an `Accept` header: OpenMetrics if it is named and preferred at least as much as plain text, otherwise,
 * and without a header, Prometheus text. Nothing is refused: a scraper that accepts neither gets text.
 */
export function negotiate(accept: string | undefined): TextFormat {
  if (accept === undefined) return 'prometheus';
  const ranges = accept.split(',').map(rangeOf);
  const openMetrics = bestQuality(ranges, isOpenMetrics) ?? 0;
  if (openMetrics === 0) return 'prometheus';
  const text =
    bestQuality(ranges, ({ type }) => type === 'text/plain') ??
    bestQuality(ranges, ({ type }) => type === 'text/*') ??
    bestQuality(ranges, ({ type }) => type === '*/*') ??
    0;
  return openMetrics >= text ? 'openmetrics' : 'prometheus';
}

function bestQuality(ranges: readonly Range[], fits: (range: Range) => boolean): number | undefined {
  const qualities = ranges.filter(fits).map(({ quality }) => quality);
  return qualities.length === 0 ? undefined : Math.max(...qualities);
}

/** The draft, version 0.0.1, names counters differently; a scraper that wants only that gets text. */
function isOpenMetrics({ type, version }: Range): boolean {
  return type === 'application/openmetrics-text' && (version === undefined || version === '1.0.0');
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const valueOf = (name: string): string | undefined =>
    parameters
      .find((parameter) => parameter.startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .replaceAll('"', '');
  const quality = Number(valueOf('q') ?? 1);
  return { type, version: valueOf('version'), quality: Number.isFinite(quality) ? quality : 0 };
}
