import v8 from 'node:v8';
import { TidemarkError } from '../base/errors.js';
import type { AnyClass } from './counting-class.js';

/** Number of heap objects with the prototype of a class in their chain. */
export type ExactCount = (ctor: AnyClass) => number;

/**
 * Counts by a walk through the whole heap after a full collection, including objects that were never registered. It blocks
 * the thread for 10 to 20 times as long as a full collection. Prototype objects of subclasses are instances to V8, and
 * are counted.
 * @throws TidemarkError `TIDEMARK_ERR_FEATURE_OFF` where Node has no `v8.queryObjects` (before 20.13).
 */
export const queryCount: ExactCount = (ctor) => {
  if (typeof v8.queryObjects !== 'function') {
    throw new TidemarkError('TIDEMARK_ERR_FEATURE_OFF', { reason: 'this Node has no v8.queryObjects' });
  }
  return v8.queryObjects(ctor, { format: 'count' });
};
