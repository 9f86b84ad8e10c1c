import type { ProtocolNode, ProtocolSample, RawProfile } from '../../src/profile/raw-profile.js';

interface Node extends ProtocolNode {
  selfSize: number;
  readonly children: Node[];
}

/**
 * `name@file:line` of the application's files, `name@node:x:line` of Node, `name@new:line` of generated code, plain `name`
 * of a built-in.
 */
function callFrame(text: string): ProtocolNode['callFrame'] {
  const [functionName = '', place] = text.split('@');
  if (place === undefined) return { functionName, scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
  const at = place.lastIndexOf(':');
  const file = place.slice(0, at);
  const line = Number(place.slice(at + 1));
  let hash = 1;
  for (const char of file) hash = (hash * 7 + char.charCodeAt(0)) % 9973;
  const scriptId = String(hash);
  const url = file === 'new' ? '' : file.startsWith('node:') ? file : `file:///app/${file}`;
  return { functionName, scriptId, url, lineNumber: line - 1, columnNumber: 8 };
}

export interface BuiltSample {
  /** Outermost frame first, separated by ` > `. */
  readonly stack: string;
  readonly bytes: number;
  readonly ordinal: number;
}

export function profileOf(built: readonly BuiltSample[], extra: Partial<RawProfile> = {}): RawProfile {
  let ids = 1;
  const head: Node = { callFrame: callFrame('(root)'), selfSize: 0, id: ids, children: [] };
  const nodes = new Map<string, Node>();
  const samples: ProtocolSample[] = [];
  for (const { stack, bytes, ordinal } of built) {
    let node = head;
    let path = '';
    for (const text of stack.split(' > ')) {
      path += ` > ${text}`;
      let next = nodes.get(path);
      if (next === undefined) {
        next = { callFrame: callFrame(text), selfSize: 0, id: (ids += 1), children: [] };
        nodes.set(path, next);
        node.children.push(next);
      }
      node = next;
    }
    node.selfSize += bytes;
    samples.push({ size: bytes, nodeId: node.id, ordinal });
  }
  return {
    takenAtMs: 2000,
    startedAtMs: 1000,
    cause: 'start',
    epoch: 1,
    samplingIntervalBytes: 1024,
    head,
    samples,
    highestOrdinal: samples.reduce((highest, { ordinal }) => Math.max(highest, ordinal), 0),
    costMs: 1,
    ...extra,
  };
}

/** `count` samples of one stack with ordinals from `first` on. */
export function samplesOf(stack: string, count: number, first: number, bytes = 1024): BuiltSample[] {
  return Array.from({ length: count }, (_, index) => ({ stack, bytes, ordinal: first + index }));
}
