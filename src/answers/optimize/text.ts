import type { VerdictName } from '../../verdict/verdict.js';
import type { NextStep } from '../curl-step.js';
import type { Suggestion } from './suggestion.js';
import { formatBytes } from '../render/units.js';
import { labelled } from '../render/layout.js';
import { nextLines } from '../render/next-lines.js';

/** An alias and not an interface, so that it is a plain record too. */
export type OptimizeAnswer = {
  readonly at: string;
  readonly summary: string;
  readonly verdict?: VerdictName;
  readonly suggestions: readonly Suggestion[];
  readonly next: readonly NextStep[];
};

/** One paragraph a suggestion: what, why, how. */
export function optimizeText({ at, summary, suggestions, next }: OptimizeAnswer): string {
  const lines = [
    `${summary}, at ${at}`,
    ...suggestions.flatMap(({ severity, title, evidence, action, impactBytes }) => [
      '',
      ...labelled(severity, title),
      ...labelled('because', evidence),
      ...labelled('do', action),
      ...(impactBytes === undefined ? [] : labelled('about', formatBytes(impactBytes))),
    ]),
    ...nextLines(next),
  ];
  return `${lines.join('\n')}\n`;
}
