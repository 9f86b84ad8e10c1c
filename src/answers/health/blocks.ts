import { nextBlocks, type Block } from '../render/block.js';
import type { HealthAnswer } from './schema.js';

export function healthBlocks({ next, ...health }: HealthAnswer): readonly Block[] {
  return [{ kind: 'values', values: health }, ...nextBlocks(next)];
}
