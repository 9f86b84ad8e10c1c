import type { ErrorDetail } from '../base/errors.js';

/** What came of reading one value: the value in its final form, or all that is wrong with it. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly ErrorDetail[] };

export function accepted<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function refused(...problems: readonly ErrorDetail[]): Reading<never> {
  return { ok: false, problems };
}
