import type { HeapGraph } from '../graph.js';
import { NodeKind } from '../kinds.js';
import type { Classes } from './classes.js';
import type { Dominated } from './dominated.js';

/** Many objects of one class directly under one dominator. */
export interface ClassGroup {
  readonly classRow: number;
  readonly count: number;
  readonly retainedBytes: number;
}

export interface Suspect {
  /** The object at which memory accumulates: what it retains is spread over many small things, or is its own. */
  readonly node: number;
  readonly retainedBytes: number;
  /** What it retains beside the other suspects below it. */
  readonly accumulatedBytes: number;
  /** What it directly dominates, by class, the largest groups first. */
  readonly groups: readonly ClassGroup[];
}

export interface SuspectInput {
  readonly dominator: Uint32Array;
  readonly retainedSize: Float64Array;
  readonly dominated: Dominated;
  readonly classes: Classes;
  /** Share of the heap from which on something is suspect; Eclipse MAT takes 0.1. */
  readonly share: number;
  /** Groups that are listed of each. */
  readonly groups: number;
}

/** More cannot hold a tenth of the heap each, and a smaller share is not meant for finding leaks. */
const MAX_SUSPECTS = 50;

/**
 * Where memory accumulates, after the leak suspects of Eclipse Memory Analyzer (`FindLeaksQuery`: dominators that retain
 * 10 % of the heap, followed down to the point where the largest child is much smaller). Other than there, a dominator with
 * two large children is not the end: both are followed, and it is a suspect itself only if 10 % remain beside them.
 * V8's groups of roots are passed through, they accumulate nothing themselves.
 */
export function findSuspects(graph: HeapGraph, input: SuspectInput): readonly Suspect[] {
  const { retainedSize, dominated } = input;
  const { first, node: children } = dominated;
  const least = Math.max(1, retainedSize[graph.root]! * input.share);
  const suspects: Suspect[] = [];
  const pending = [graph.root as number];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    let accumulated = retainedSize[node]!;
    for (let i = first[node]!; i < first[node + 1]!; i++) {
      const child = children[i]!;
      if (retainedSize[child]! < least) continue;
      pending.push(child);
      accumulated -= retainedSize[child]!;
    }
    if (accumulated < least || node === graph.root || graph.nodeKind[node] === NodeKind.synthetic) continue;
    suspects.push({
      node: ownerOf(graph, input.dominator, node),
      retainedBytes: retainedSize[node]!,
      accumulatedBytes: accumulated,
      groups: groupChildren(node, input, least),
    });
  }
  return suspects.sort((a, b) => b.accumulatedBytes - a.accumulatedBytes).slice(0, MAX_SUSPECTS);
}

/** The table of a Map says nothing to a person, the Map does. */
function ownerOf({ nodeKind, root }: HeapGraph, dominator: Uint32Array, node: number): number {
  let owner = node;
  while (nodeKind[owner] === NodeKind.array || nodeKind[owner] === NodeKind.hidden) {
    owner = dominator[owner]!;
    if (owner === root || nodeKind[owner] === NodeKind.synthetic) return node;
  }
  return owner;
}

function groupChildren(node: number, input: SuspectInput, least: number): readonly ClassGroup[] {
  const { retainedSize, dominated, classes, groups: limit } = input;
  const groups = new Map<number, { classRow: number; count: number; retainedBytes: number }>();
  for (let i = dominated.first[node]!; i < dominated.first[node + 1]!; i++) {
    const child = dominated.node[i]!;
    if (retainedSize[child]! >= least) continue;
    const classRow = classes.of[child]!;
    const group = groups.get(classRow) ?? { classRow, count: 0, retainedBytes: 0 };
    group.count += 1;
    group.retainedBytes += retainedSize[child]!;
    groups.set(classRow, group);
  }
  return [...groups.values()].sort((a, b) => b.retainedBytes - a.retainedBytes).slice(0, limit);
}
