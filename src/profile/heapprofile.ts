import { rowOfFrame } from '../requests/route-frame.js';
import type { ProtocolNode, RawProfile } from './raw-profile.js';

export interface HeapProfileFile {
  readonly head: ProtocolNode;
  readonly samples: RawProfile['samples'];
}

/** The name of a route's row: `GET /orders/:id`. */
export type RouteName = (row: number) => string | undefined;

/**
 * The `.heapprofile` that Chrome DevTools' Memory panel loads. Wrappers that name routes stay as nodes, since samples
 * refer to nodes by id, and get their route's name.
 */
export function toHeapProfile(profile: RawProfile, routeName: RouteName = () => undefined): HeapProfileFile {
  // V8 keeps at most 128 frames of a stack, so recursion is safe.
  const rename = (node: ProtocolNode): ProtocolNode => {
    const children = node.children.map(rename);
    const { callFrame, selfSize, id } = node;
    const row = rowOfFrame(callFrame.url);
    if (row === undefined) return { callFrame, selfSize, id, children };
    const functionName = `route ${routeName(row) ?? row}`;
    return { callFrame: { ...callFrame, functionName }, selfSize, id, children };
  };
  return {
    head: rename(profile.head),
    samples: profile.samples.map(({ size, nodeId, ordinal }) => ({ size, nodeId, ordinal })),
  };
}
