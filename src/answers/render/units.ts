const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `12.4 MiB`; whole bytes below one KiB. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '-';
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : value < 10 ? 2 : 1;
  return `${bytes < 0 ? '-' : ''}${value.toFixed(digits)} ${BYTE_UNITS[unit]!}`;
}

/** `450 ms`, `12.3 s`, `4 min 5 s`, `3 h 20 min`, `5 d 2 h`: at most two units. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '-';
  if (Math.abs(seconds) < 0.9995) return `${Number((seconds * 1000).toPrecision(3))} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return inTwo(whole, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  return minutes < 1440 ? inTwo(minutes, 60, 'h', 'min') : inTwo(Math.round(seconds / 3600), 24, 'd', 'h');
}

/** Rounded before splitting: 119.7 s are 2 min, not 1 min 60 s. */
function inTwo(count: number, size: number, large: string, small: string): string {
  return `${Math.floor(count / size)} ${large} ${count % size} ${small}`;
}

/** A number under its JSON name, whose suffix gives its unit. */
export function formatNamed(name: string, value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value !== 'number') return String(value);
  if (/bytesPerSecond$/i.test(name)) return `${formatBytes(value)}/s`;
  if (/bytesPerRequest$/i.test(name)) return `${formatBytes(value)}/request`;
  if (/bytes$/i.test(name)) return formatBytes(value);
  if (/ms$/i.test(name)) return formatSeconds(value / 1000);
  if (/seconds$/i.test(name)) return formatSeconds(value);
  if (/(ratio|share|utilization|confidence)$/i.test(name)) return `${(value * 100).toFixed(1)} %`;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
