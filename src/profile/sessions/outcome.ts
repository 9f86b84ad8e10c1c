import { TidemarkError } from '../../base/errors.js';
import type { Limitation, ProfileSession } from './session.js';

const MAX_NAME = 100;

export const shortened = (text: string): string => text.slice(0, MAX_NAME);

export function invalid(path: string, expected: string, value: unknown): TidemarkError {
  const details = [{ path, message: `expected ${expected}`, value: typeof value, expected }];
  return new TidemarkError('TIDEMARK_ERR_INPUT_INVALID', { details });
}

export function nameOf(given: unknown, otherwise: string): string {
  if (given !== undefined && typeof given !== 'string') throw invalid('options.name', 'a string', given);
  return shortened(given ?? otherwise) || 'session';
}

/** Without the message: it is the application's, and may hold data not meant for every reader of diagnostics. */
export function errorOf(error: unknown): NonNullable<ProfileSession['error']> {
  if (!(error instanceof Error)) return { name: typeof error };
  const name = shortened(error.name);
  return 'code' in error && typeof error.code === 'string' ? { name, code: shortened(error.code) } : { name };
}

/** @throws TidemarkError with the first limitation, if any */
export function demand([first]: readonly Limitation[]): void {
  if (first !== undefined) throw new TidemarkError(first.code, { reason: first.reason });
}
