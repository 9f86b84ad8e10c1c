const BARS = '▁▂▃▄▅▆▇█';

/** A line of a chart in at most so many bars from nothing to the greatest; blank where nothing was read. */
export function course(values: readonly (number | null)[], greatest: number, most = 60): string {
  const width = Math.min(most, values.length);
  return Array.from({ length: width }, (_, i) => {
    const value = values[Math.ceil(((i + 1) * values.length) / width) - 1] ?? null;
    if (value === null) return ' ';
    return BARS.charAt(greatest > 0 ? Math.round((value / greatest) * (BARS.length - 1)) : 0);
  }).join('');
}
