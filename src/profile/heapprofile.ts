import type { ProtocolNode, RawProfile } from './raw-profile.js';

export interface HeapProfileFile {
  readonly head: ProtocolNode;
  readonly samples: RawProfile['samples'];
}

/** The `.heapprofile` that Chrome DevTools' Memory panel loads. */
export function toHeapProfile({ head, samples }: RawProfile): HeapProfileFile {
  return { head, samples: samples.map(({ size, nodeId, ordinal }) => ({ size, nodeId, ordinal })) };
}
