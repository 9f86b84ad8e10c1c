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

/** Where the names that V8 itself gives stand among the strings of this file; those that it does not have are missing. */
export type WellKnown = ReadonlyMap<WellKnownName, StringIndex>;

export function wellKnownNames({ strings }: HeapGraph): WellKnown {
  return strings.find(NAMES);
}
