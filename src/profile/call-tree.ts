import type { Frame } from './frames.js';
import type { ProtocolNode } from './raw-profile.js';

/** The protocol's nested tree as flat columns; a row is a node, row 0 is the root. */
export interface CallTree {
  readonly frames: readonly Frame[];
  /** Row of the caller; -1 for the root. Parents come before their children. */
  readonly parent: Int32Array;
  /** Index into {@link frames}. */
  readonly frame: Int32Array;
  /** Nodes beyond the limit; their samples count towards the nearest kept caller. */
  readonly droppedNodes: number;
  /** Row of a protocol node id; 0, the root, for an id that is not in the tree. */
  rowOf(nodeId: number): number;
}

export interface CallTreeOptions {
  /** Default 262,144: 2 MB of columns. */
  readonly maxNodes?: number;
}

/** Protocol positions are 0-based, and -1 if unknown. */
function toFrame({ callFrame }: ProtocolNode): Frame {
  return {
    functionName: callFrame.functionName,
    url: callFrame.url,
    scriptId: callFrame.scriptId,
    line: callFrame.lineNumber + 1,
    column: callFrame.columnNumber + 1,
  };
}

/**
 * Flattens the tree and interns its frames. Positions are those of the FUNCTION's start, made 1-based: V8 keeps
 * no finer position of an allocation.
 */
export function buildCallTree(head: ProtocolNode, { maxNodes = 262_144 }: CallTreeOptions = {}): CallTree {
  const frames: Frame[] = [];
  const frameIndex = new Map<string, number>();
  const rows = new Map<number, number>();
  const parent: number[] = [];
  const frame: number[] = [];
  let droppedNodes = 0;

  function intern(node: ProtocolNode): number {
    const { functionName, scriptId, lineNumber, columnNumber } = node.callFrame;
    const key = `${scriptId}:${lineNumber}:${columnNumber}:${functionName}`;
    let index = frameIndex.get(key);
    if (index === undefined) {
      index = frames.push(toFrame(node)) - 1;
      frameIndex.set(key, index);
    }
    return index;
  }

  const pending: { node: ProtocolNode; caller: number }[] = [{ node: head, caller: -1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, caller } = next;
    let row = caller;
    if (parent.length < maxNodes) {
      row = parent.push(caller) - 1;
      frame.push(intern(node));
    } else {
      droppedNodes += 1;
    }
    rows.set(node.id, row);
    for (const child of node.children) pending.push({ node: child, caller: row });
  }

  return {
    frames,
    parent: Int32Array.from(parent),
    frame: Int32Array.from(frame),
    droppedNodes,
    rowOf: (nodeId) => rows.get(nodeId) ?? 0,
  };
}
