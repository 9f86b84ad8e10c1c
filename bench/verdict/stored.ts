/**
 * A copy like one from a database. V8 keeps a concatenated string as its pieces until it is first sent, and then also as
 * a flat string: data built at the start would grow until all of it has been requested.
 */
export function stored<T>(value: T): T {
  return structuredClone(value);
}
