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

/** Mean number of frames. By samples: a stack that allocates more is walked more often. */
export function meanDepthOf({ profile: { samples }, rowOfSample, tree: { parent } }: LiveStacks): number {
  const depths = new Int32Array(parent.length);
  // Callers come first. The root is no frame.
  for (let row = 1; row < parent.length; row += 1) depths[row] = (depths[parent[row] ?? 0] ?? 0) + 1;
  const total = rowOfSample.reduce((sum, row) => sum + (depths[row] ?? 0), 0);
  return samples.length === 0 ? 0 : total / samples.length;
}

/** Files of the application that could have been compiled from something else. */
export function* mappable({ rows, stack }: LiveStacks): Generator<string> {
  for (const row of rows) {
    for (const { kind, url } of stack(row)) if (kind === 'application' || kind === 'package') yield url;
  }
}
