import type { PastSampling } from './past-samplings.js';
import type { ProtocolNode, RawProfile } from './raw-profile.js';
import type { Stack } from './site.js';

export interface HeapProfileFile {
  readonly head: ProtocolNode;
  readonly samples: RawProfile['samples'];
}

interface OpenNode extends ProtocolNode {
  selfSize: number;
  readonly children: OpenNode[];
}

/**
 * The `.heapprofile` that Chrome DevTools' Memory panel loads. What earlier samplings knew is below nodes of the root of
 * its own, which name the time: the format has no other place for it.
 */
export function toHeapProfile(
  { head, samples }: RawProfile,
  earlier: readonly PastSampling[] = [],
): HeapProfileFile {
  const nextId = numbersAbove(highestId(head));
  const past = earlier.map((one) => earlierNode(one, nextId));
  return {
    head: past.length === 0 ? head : { ...head, children: [...head.children, ...past] },
    samples: samples.map(({ size, nodeId, ordinal }) => ({ size, nodeId, ordinal })),
  };
}

function earlierNode({ startedAtMs, takenAtMs, stacks }: PastSampling, nextId: () => number): OpenNode {
  const [from, to] = [startedAtMs, takenAtMs].map((ms) => new Date(ms).toISOString());
  const top = nodeOf(`(allocated from ${from} to ${to} and alive then)`, nextId());
  const nodes = new Map<string, OpenNode>();
  for (const { stack, bytes } of stacks) nodeFor(stack, top, nodes, nextId).selfSize += Math.round(bytes);
  return top;
}

/** The node of a stack, whose outermost frame is its last, with those above it. */
function nodeFor(stack: Stack, top: OpenNode, nodes: Map<string, OpenNode>, nextId: () => number): OpenNode {
  let node = top;
  let path = '';
  for (const { key, functionName, scriptId, url, line, column } of stack.toReversed()) {
    path += `;${key}`;
    let next = nodes.get(path);
    if (next === undefined) {
      next = nodeOf(functionName, nextId(), {
        scriptId,
        url,
        lineNumber: line - 1,
        columnNumber: column - 1,
      });
      nodes.set(path, next);
      node.children.push(next);
    }
    node = next;
  }
  return node;
}

const NOWHERE = { scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };

function nodeOf(functionName: string, id: number, where = NOWHERE): OpenNode {
  return { callFrame: { functionName, ...where }, selfSize: 0, id, children: [] };
}

function highestId(head: ProtocolNode): number {
  let highest = 0;
  const pending = [head];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    highest = Math.max(highest, node.id);
    for (const child of node.children) pending.push(child);
  }
  return highest;
}

function numbersAbove(last: number): () => number {
  let id = last;
  return () => (id += 1);
}
