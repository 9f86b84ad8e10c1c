import type { HeapGraph } from '../graph.js';
import { NodeKind } from '../kinds.js';
import { Top } from '../top.js';

/** Functions created at one place in the source. */
export interface ClosureGroup {
  /** One of them, for looking up its script. */
  readonly node: number;
  readonly count: number;
  readonly selfBytes: number;
}

/** Limit of distinct places; a program has fewer functions. */
const MAX_PLACES = 1_000_000;

/**
 * Counts functions by source position: many from one place are callbacks, listeners or timers that were never
 * released.
 */
export function groupClosures(graph: HeapGraph, limit: number): readonly ClosureGroup[] {
  const { nodeKind, selfSize, locations } = graph;
  const groups = new Map<number, { node: number; count: number; selfBytes: number }>();
  for (let row = 0; row < locations.node.length; row++) {
    const node = locations.node[row]!;
    if (nodeKind[node] !== NodeKind.closure) continue;
    // 17 bits of script, 20 of line and 16 of column: a number is looked up much faster than text.
    const [line, column] = [locations.line[row]! & 0xfffff, locations.column[row]! & 0xffff];
    const key = (locations.scriptId[row]! & 0x1ffff) * 2 ** 36 + line * 2 ** 16 + column;
    let group = groups.get(key);
    if (group === undefined) {
      if (groups.size === MAX_PLACES) continue;
      group = { node, count: 0, selfBytes: 0 };
      groups.set(key, group);
    }
    group.count += 1;
    group.selfBytes += selfSize[node]!;
  }
  const top = new Top<ClosureGroup>(limit);
  for (const group of groups.values()) if (group.count > 1) top.add(group.count, group);
  return top.items();
}
