import type { HeapGraph } from '../graph.js';
import type { StringIndex } from '../index-types.js';

const NAMES = [
  'context',
  'elements',
  'extension',
  'previous',
  'properties',
  'script',
  'script_or_debug_info',
  'shared',
  'table',
  'system / Context',
  'system / NativeContext',
  '__proto__',
  'Array',
  'Object',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
] as const;

export type WellKnownName = (typeof NAMES)[number];

/** Indices of V8's own names among this file's strings; those that the file lacks are missing. */
export type WellKnown = ReadonlyMap<WellKnownName, StringIndex>;

export function wellKnownNames({ strings }: HeapGraph): WellKnown {
  return strings.find(NAMES);
}
