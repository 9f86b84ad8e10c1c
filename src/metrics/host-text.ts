import { withoutTotal, type TextFormat } from './text-format.js';

/** Name, labels (whose quoted values may contain any character) and value; the rest is an exemplar. */
const sampleLine = /^([^\s{]+)(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})? (\S+)/;

/**
 * Converts the text of one family of a prom-client registry. A registry writes one format only, and changing it renames
 * its counters permanently, which the host would notice; so we convert its text.
 */
export function convertFamilyText(text: string, from: TextFormat, to: TextFormat): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const converted = from === 'prometheus' && to === 'prometheus' ? lines : convertLines(lines, to);
  return converted.map((line) => `${line}\n`).join('');
}

function convertLines(lines: readonly string[], to: TextFormat): string[] {
  const counter = lines
    .map((line) => /^# TYPE (\S+) counter$/.exec(line)?.[1])
    .find((name) => name !== undefined);
  const named = counter === undefined ? lines : lines.map((line) => renameCounter(line, counter, to));
  return to === 'prometheus' ? named.map(withoutExemplar) : [...named];
}

/** OpenMetrics calls the family `x` and its samples `x_total`; in Prometheus text both are `x_total`. */
function renameCounter(line: string, counter: string, to: TextFormat): string {
  const family = withoutTotal(counter);
  if (!line.startsWith('#')) return line.replace(/^[^\s{]+/, () => `${family}_total`);
  const shown = to === 'openmetrics' ? family : `${family}_total`;
  return line.replace(/^(# \S+) \S+/, (_, keyword: string) => `${keyword} ${shown}`);
}

function withoutExemplar(line: string): string {
  return line.startsWith('#') ? line : (sampleLine.exec(line)?.[0] ?? line);
}
