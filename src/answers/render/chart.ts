import { formatBytes } from './units.js';
import { escapeHtml } from './escape.js';

export interface ChartLine {
  readonly name: string;
  /** Class in the style sheet. */
  readonly look: 'used' | 'floor' | 'external';
  readonly values: readonly (number | null)[];
}

export interface ChartData {
  readonly title: string;
  /** Epoch milliseconds, evenly spaced. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
}

const WIDTH = 760;
const HEIGHT = 260;
const PLOT = { left: 78, right: 12, top: 12, bottom: 46 };
const TICKS = 4;

/** The lines over time as a self-contained SVG element: no scripts, no styles, nothing to load. */
export function chartSvg({ title, times, lines }: ChartData): string {
  const from = times[0] ?? 0;
  const to = times.at(-1) ?? 0;
  const values = lines.flatMap((line) => line.values).filter((value) => value !== null);
  const top = niceTop(values.reduce((a, b) => Math.max(a, b), 0));
  const x = (time: number): number =>
    PLOT.left + ((time - from) / Math.max(to - from, 1)) * (WIDTH - PLOT.left - PLOT.right);
  const y = (value: number): number =>
    HEIGHT - PLOT.bottom - (value / top) * (HEIGHT - PLOT.top - PLOT.bottom);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">`,
    `<title>${escapeHtml(title)}</title>`,
    ...Array.from({ length: TICKS + 1 }, (_, i) => gridLine(y((top * i) / TICKS), (top * i) / TICKS)),
    ...[0, 0.5, 1].map((part) => timeLabel(x(from + part * (to - from)), from + part * (to - from), part)),
    ...lines.map((line) => `<path class="line ${line.look}" d="${pathOf(line.values, times, x, y)}"/>`),
    ...lines.map((line, i) => legend(line, PLOT.left + i * 170)),
    '</svg>',
  ];
  return parts.join('\n');
}

/** The scale starts at zero: a floor that doubles must look doubled. */
function niceTop(greatest: number): number {
  if (!(greatest > 0)) return 1;
  const unit = 2 ** Math.floor(Math.log2(greatest) - 1);
  return Math.ceil((greatest * 1.02) / unit) * unit;
}

const at = (value: number): string => value.toFixed(1);

function gridLine(y: number, bytes: number): string {
  return (
    `<line class="grid" x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${at(y)}" y2="${at(y)}"/>` +
    `<text class="tick" x="${PLOT.left - 6}" y="${at(y + 4)}" text-anchor="end">${formatBytes(bytes)}</text>`
  );
}

function timeLabel(x: number, time: number, part: number): string {
  const anchor = part === 0 ? 'start' : part === 1 ? 'end' : 'middle';
  const label = `${new Date(time).toISOString().slice(11, 19)} UTC`;
  return `<text class="tick" x="${at(x)}" y="${HEIGHT - PLOT.bottom + 18}" text-anchor="${anchor}">${label}</text>`;
}

function legend({ name, look }: ChartLine, x: number): string {
  const y = HEIGHT - 10;
  return (
    `<line class="line ${look}" x1="${x}" x2="${x + 22}" y1="${y - 4}" y2="${y - 4}"/>` +
    `<text class="tick" x="${x + 28}" y="${y}">${escapeHtml(name)}</text>`
  );
}

/** A missing value breaks the line; an isolated one is drawn as a dot by its round cap. */
function pathOf(
  values: readonly (number | null)[],
  times: readonly number[],
  x: (time: number) => number,
  y: (value: number) => number,
): string {
  let isOpen = false;
  const steps: string[] = [];
  for (const [i, value] of values.entries()) {
    if (value === null || !Number.isFinite(value)) {
      isOpen = false;
      continue;
    }
    const point = `${at(x(times[i] ?? 0))} ${at(y(value))}`;
    steps.push(isOpen ? `L${point}` : `M${point}h0`);
    isOpen = true;
  }
  return steps.join('');
}
