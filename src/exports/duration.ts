const unitMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['millisecond', 1],
  ['s', 1000],
  ['sec', 1000],
  ['second', 1000],
  ['m', 60_000],
  ['min', 60_000],
  ['minute', 60_000],
  ['h', 3_600_000],
  ['hour', 3_600_000],
  ['d', 86_400_000],
  ['day', 86_400_000],
]);

const pattern = /^(?<amount>\d+(?:\.\d+)?)\s*(?<unit>[a-z]+)$/;

/**
 * Milliseconds of `'30 s'`, `'1 minute'`, `'2h'`; nothing for anything else. A number without a unit is refused, because
 * readers disagree about which one is meant.
 */
export function parseDurationMs(text: string): number | undefined {
  const groups = pattern.exec(text.trim().toLowerCase())?.groups;
  const name = groups?.['unit'] ?? '';
  const unit = unitMs.get(name) ?? (name.endsWith('s') ? unitMs.get(name.slice(0, -1)) : undefined);
  return unit === undefined ? undefined : Number(groups?.['amount']) * unit;
}
