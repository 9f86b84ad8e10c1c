import type { NextStep } from '../next-step.js';
import { nextBlocks, type Block } from '../render/block.js';

/** An operation, or all of them: state, progress, and where to look next. */
export function operationBlocks({
  next,
  ...operation
}: {
  readonly next: readonly NextStep[];
}): readonly Block[] {
  return [{ kind: 'values', values: operation }, ...nextBlocks(next)];
}
