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
  /** The object where memory accumulates: what it retains is spread over many small objects, or is its own. */
  readonly node: number;
  readonly retainedBytes: number;
  /** What it retains besides the suspects below it. */
  readonly accumulatedBytes: number;
  /** What it directly dominates, by class, largest groups first. */
  readonly groups: readonly ClassGroup[];
}

export interface SuspectInput {
  readonly dominator: Uint32Array;
  readonly retainedSize: Float64Array;
  readonly dominated: Dominated;
  readonly classes: Classes;
  /** Share of the heap from which a node is suspect; Eclipse MAT uses 0.1. */
  readonly share: number;
  /** Number of groups listed for each suspect. */
  readonly groups: number;
}

/** At a tenth of the heap each there cannot be more, and smaller shares are not meant for finding leaks. */
const MAX_SUSPECTS = 50;

interface Open {
  readonly node: number;
  /** Head of the node's chain, and what the links above it have accumulated. */
  readonly head: number;
  readonly carried: number;
  /** Classes of the last nodes above, for recognising a chain. */
  readonly recent: readonly number[];
}

/** Links of a chain repeat a class after at most this many: a list, a chain of promises with their closures. */
const CHAIN_CLASSES = 4;

/**
 * Where memory accumulates, after the leak suspects of Eclipse Memory Analyzer (`FindLeaksQuery`: dominators that
 * retain 10 % of the heap, followed down to the point where the largest child is much smaller). Unlike there, a
 * dominator with two large children is not the end: both are followed, and it is a suspect itself only if 10 % remain
 * besides them. Links of a long chain, such as a linked list, retain each other and accumulate little each; they are
 * added up, and the first is the suspect. V8's groups of roots accumulate nothing themselves and are skipped.
 */
export function findSuspects(graph: HeapGraph, input: SuspectInput): readonly Suspect[] {
  const { retainedSize, dominated, classes } = input;
  const { first, node: children } = dominated;
  const least = Math.max(1, retainedSize[graph.root]! * input.share);
  const suspects: Suspect[] = [];
  const pending: Open[] = [{ node: graph.root, head: graph.root, carried: 0, recent: [] }];
  for (let open = pending.pop(); open !== undefined; open = pending.pop()) {
    const { node, head, recent } = open;
    const classRow = classes.of[node]!;
    let accumulated = retainedSize[node]!;
    const large: number[] = [];
    for (let i = first[node]!; i < first[node + 1]!; i++) {
      const child = children[i]!;
      if (retainedSize[child]! < least) continue;
      large.push(child);
      accumulated -= retainedSize[child]!;
    }
    const above: readonly number[] = [...recent, classRow].slice(-CHAIN_CLASSES);
    // The last tenth of a chain has no large child, but is still part of the chain.
    const tail = head !== node && large.length === 0 ? mainChild(node, input) : -1;
    const isTail = tail >= 0 && above.includes(classes.of[tail]!);
    const isSuspect = accumulated >= least && !isTail;
    const carried: number = isSuspect ? 0 : open.carried + accumulated;
    let goesOn = false;
    for (const child of large) {
      const isLink: boolean = !goesOn && above.includes(classes.of[child]!);
      goesOn ||= isLink;
      pending.push({
        node: child,
        head: isLink ? head : child,
        carried: isLink ? carried : 0,
        recent: above,
      });
    }
    const isChain = !isSuspect && !goesOn && carried >= least;
    if ((!isSuspect && !isChain) || node === graph.root || graph.nodeKind[node] === NodeKind.synthetic)
      continue;
    const suspect = isChain ? head : node;
    suspects.push({
      node: ownerOf(graph, input.dominator, suspect),
      retainedBytes: retainedSize[suspect]!,
      accumulatedBytes: isChain ? carried : accumulated,
      groups: isChain ? chainGroups(head, node, input) : groupChildren(node, input, least),
    });
  }
  return suspects.sort((a, b) => b.accumulatedBytes - a.accumulatedBytes).slice(0, MAX_SUSPECTS);
}

/** The child that is at least half of what the node retains; -1 if there is none. */
function mainChild(node: number, { retainedSize, dominated }: SuspectInput): number {
  for (let i = dominated.first[node]!; i < dominated.first[node + 1]!; i++) {
    const child = dominated.node[i]!;
    if (2 * retainedSize[child]! >= retainedSize[node]!) return child;
  }
  return -1;
}

/** The links of a chain by class; `last` is the last large one, and those after it get smaller and smaller. */
function chainGroups(head: number, last: number, input: SuspectInput): readonly ClassGroup[] {
  const { dominator, retainedSize, classes } = input;
  let end = last;
  for (let next = mainChild(end, input); next >= 0; next = mainChild(end, input)) end = next;
  const groups: Groups = new Map();
  for (let node = end, below = 0; ; node = dominator[node]!) {
    addTo(groups, classes.of[node]!, retainedSize[node]! - below);
    below = retainedSize[node]!;
    if (node === head) break;
  }
  return largest(groups, input.groups);
}

/** The table of a Map means nothing to a person; the Map does. */
function ownerOf({ nodeKind, root }: HeapGraph, dominator: Uint32Array, node: number): number {
  let owner = node;
  while (nodeKind[owner] === NodeKind.array || nodeKind[owner] === NodeKind.hidden) {
    owner = dominator[owner]!;
    if (owner === root || nodeKind[owner] === NodeKind.synthetic) return node;
  }
  return owner;
}

function groupChildren(node: number, input: SuspectInput, least: number): readonly ClassGroup[] {
  const { retainedSize, dominated, classes } = input;
  const groups: Groups = new Map();
  for (let i = dominated.first[node]!; i < dominated.first[node + 1]!; i++) {
    const child = dominated.node[i]!;
    if (retainedSize[child]! < least) addTo(groups, classes.of[child]!, retainedSize[child]!);
  }
  return largest(groups, input.groups);
}

type Groups = Map<number, { classRow: number; count: number; retainedBytes: number }>;

function addTo(groups: Groups, classRow: number, bytes: number): void {
  const group = groups.get(classRow) ?? { classRow, count: 0, retainedBytes: 0 };
  group.count += 1;
  group.retainedBytes += bytes;
  groups.set(classRow, group);
}

function largest(groups: Groups, limit: number): readonly ClassGroup[] {
  return [...groups.values()].sort((a, b) => b.retainedBytes - a.retainedBytes).slice(0, limit);
}
