import { buildCallTree, type CallTree } from './call-tree.js';
import { createFrameClassifier, type ClassifiedFrame, type FrameClassifier } from './frames.js';
import type { RawProfile } from './raw-profile.js';
import type { Stack } from './site.js';

/** A profile's live samples summed by node, with the stack of each. */
export interface LiveStacks {
  readonly profile: RawProfile;
  readonly tree: CallTree;
  /** Rows of the tree that hold live samples. */
  readonly rows: readonly number[];
  /** Row of each sample, in the order of `profile.samples`. */
  readonly rowOfSample: Int32Array;
  /** The row's stack, the allocating frame first. */
  stack(row: number): Stack;
}

/** False for V8's root and the nameless frames where native code enters JavaScript. */
function speaks(frame: ClassifiedFrame): boolean {
  return frame.kind !== 'vm' || (frame.functionName !== '' && frame.functionName !== '(root)');
}

/**
 * @param classify injected for tests whose fixtures lie among this package's own files
 */
export function liveStacks(
  profile: RawProfile,
  classify: FrameClassifier = createFrameClassifier(),
): LiveStacks {
  const tree = buildCallTree(profile.head);
  const classified = tree.frames.map((frame) => classify(frame));
  const rowOfSample = Int32Array.from(profile.samples, (sample) => tree.rowOf(sample.nodeId));

  return {
    profile,
    tree,
    rows: [...new Set(rowOfSample)],
    rowOfSample,
    stack(row) {
      const stack: ClassifiedFrame[] = [];
      for (let at = row; at >= 0; at = tree.parent[at] ?? -1) {
        const frame = classified[tree.frame[at] ?? 0];
        if (frame !== undefined && speaks(frame)) stack.push(frame);
      }
      return stack;
    },
  };
}
