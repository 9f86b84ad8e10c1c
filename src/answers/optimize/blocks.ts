import { fact, nextBlocks, type Block } from '../render/block.js';
import { formatBytes } from '../render/units.js';
import type { OptimizeAnswer, Suggestion } from './schema.js';

export function optimizeBlocks({ at, summary, suggestions, next }: OptimizeAnswer): readonly Block[] {
  return [
    { kind: 'paragraph', text: `${summary}, at ${at}` },
    ...suggestions.map(suggestionBlock),
    ...nextBlocks(next),
  ];
}

/** What to change, why, and how. */
export function suggestionBlock({ severity, title, evidence, action, impactBytes }: Suggestion): Block {
  return {
    kind: 'facts',
    rows: [
      [severity, title],
      ['because', evidence],
      ['do', action],
      ...fact('about', impactBytes === undefined ? undefined : formatBytes(impactBytes)),
    ],
  };
}
