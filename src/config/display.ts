const MAX_LENGTH = 80;

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** What sort of value this is, without the value: `a string of 5 characters`, `an array of 2 items`, `an object`. */
export function displayKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (Array.isArray(value)) return `an array of ${value.length} items`;
  return article(typeof value);
}

/** A value as a message may show it: strings quoted and cut, anything that is not primitive by its kind. */
export function displayValue(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > MAX_LENGTH ? `${value.slice(0, MAX_LENGTH)}…` : value);
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  return displayKind(value);
}
