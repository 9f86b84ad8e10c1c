import { follow, locationOf, nodeName, type HeapGraph } from '../graph.js';
import type { NodeOrdinal } from '../index-types.js';
import { EdgeKind, NodeKind } from '../kinds.js';
import type { WellKnown } from './well-known.js';

/** Where a function was written. Line and column start at 1; they are missing if V8 did not report them. */
export interface SourcePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** `file:///app/src/cache.js` and `/app/src/cache.js` are the same file. */
export function fileOfUrl(url: string): string {
  return url.replace(/^file:\/\//, '');
}

/** The last three segments of a path: enough to recognise a file, and the same on two machines. */
export function shortFile(file: string): string {
  return file.split(/[\\/]/).filter(Boolean).slice(-3).join('/');
}

export function showPlace({ file, line }: SourcePlace): string {
  return line === undefined ? shortFile(file) : `${shortFile(file)}:${line}`;
}

/** Whether a file is part of Node itself. */
export function isInternalFile(file: string): boolean {
  return file.startsWith('node:') || file.startsWith('internal/');
}

/** The script of a function: closure, `shared`, `script` (`script_or_debug_info` up to Node 20). */
export function placeOfClosure(graph: HeapGraph, names: WellKnown, closure: number): SourcePlace | undefined {
  const shared = follow(graph, closure, EdgeKind.internal, names.get('shared'));
  if (shared < 0) return undefined;
  let script = follow(graph, shared, EdgeKind.internal, names.get('script'));
  if (script < 0) script = follow(graph, shared, EdgeKind.internal, names.get('script_or_debug_info'));
  const url = script < 0 ? undefined : (urlOf(graph, script) ?? urlBehind(graph, script));
  if (url === undefined) return undefined;
  const file = fileOfUrl(url);
  const { locations } = graph;
  const row = locationOf(locations, closure);
  if (row < 0 || locations.line[row]! < 0) return { file };
  return { file, line: locations.line[row]! + 1, column: locations.column[row]! + 1 };
}

function urlOf(graph: HeapGraph, script: number): string | undefined {
  if (graph.nodeKind[script] !== NodeKind.code) return undefined;
  const url = nodeName(graph, script as NodeOrdinal);
  return url === '' || url.startsWith('system / ') || url.startsWith('(') ? undefined : url;
}

/**
 * While coverage is on, or after a debugger was attached, V8 puts an extra object between a function and its script.
 */
function urlBehind(graph: HeapGraph, between: number): string | undefined {
  const { firstEdge, edgeTo } = graph;
  for (let edge = firstEdge[between]!; edge < firstEdge[between + 1]!; edge++) {
    const url = urlOf(graph, edgeTo[edge]!);
    if (url !== undefined) return url;
  }
  return undefined;
}

/**
 * For each context (the variables that a module or function call keeps for its inner functions), a function that
 * closes over it, as V8 does not say which function a context belongs to. Its ordinal plus 1, or 0 for none.
 */
export function closuresByContext(graph: HeapGraph, names: WellKnown): Uint32Array {
  const { nodeCount, nodeKind, nodeName: nameOf } = graph;
  const closures = new Uint32Array(nodeCount);
  const context = names.get('context');
  const contextName = names.get('system / Context');
  const contexts: number[] = [];
  for (let node = 0; node < nodeCount; node++) {
    if (nameOf[node] === contextName && nodeKind[node] === NodeKind.object) contexts.push(node);
    if (nodeKind[node] !== NodeKind.closure) continue;
    const of = follow(graph, node, EdgeKind.internal, context);
    if (of >= 0 && closures[of] === 0) closures[of] = node + 1;
  }
  // A scope whose own functions are gone can still be identified by its inner scopes.
  const previous = names.get('previous');
  for (const inner of contexts) {
    let scope = inner;
    while (closures[scope] !== 0) {
      const outer = follow(graph, scope, EdgeKind.internal, previous);
      if (outer < 0 || closures[outer] !== 0) break;
      closures[outer] = closures[scope]!;
      scope = outer;
    }
  }
  return closures;
}
