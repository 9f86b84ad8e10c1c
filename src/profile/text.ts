import { placeText } from './place.js';
import type { SiteReport } from './site-report.js';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Binary units with one decimal: `12.4 KiB`. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : 1;
  return `${bytes < 0 ? '-' : ''}${value.toFixed(digits)} ${UNITS[unit] ?? 'B'}`;
}

const COLUMNS = ['growth', '95% interval', 'share', 'live', 'site'] as const;

function cells(site: SiteReport): string[] {
  const { value, low, high } = site.growthBytes;
  return [
    formatBytes(value),
    `${formatBytes(low)} … ${formatBytes(high)}`,
    `${(site.share * 100).toFixed(1)}%`,
    formatBytes(site.liveBytes),
    site.package === undefined ? placeText(site) : `${placeText(site)} [${site.package}]`,
  ];
}

/** The top sites as a table for a terminal: numbers aligned right, the site last because it is as long as it is. */
export function formatSites(sites: readonly SiteReport[], limit = 20): string {
  if (sites.length === 0) return 'no live samples yet\n';
  const rows = [[...COLUMNS], ...sites.slice(0, limit).map((site) => cells(site))];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === COLUMNS.length - 1 ? cell : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  const left = sites.length - limit;
  if (left > 0) lines.push(`… and ${left} more`);
  return `${lines.join('\n')}\n`;
}
