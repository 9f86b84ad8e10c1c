import type { ClassifiedFrame } from './frames.js';

/** A sampled stack, the allocating frame first. */
export type Stack = readonly ClassifiedFrame[];

export type SiteKind = 'application' | 'package' | 'tidemark' | 'node' | 'vm' | 'other';

/** The function reported for an allocation. Line and column are those of its start, 1-based. */
export interface Site {
  readonly key: string;
  readonly kind: SiteKind;
  readonly functionName: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
  readonly packageName?: string;
}

function placeless(kind: SiteKind): Site {
  return { key: `(${kind})`, kind, functionName: `(${kind})`, url: '', line: 0, column: 0 };
}

/** This package's own allocations. */
export const TIDEMARK_SITE = placeless('tidemark');
const NODE_SITE = placeless('node');
const VM_SITE = placeless('vm');
/** Where bounded tables count what did not fit. */
export const OTHER_SITE = placeless('other');

function siteOfFrame(frame: ClassifiedFrame, kind: SiteKind): Site {
  const { key, functionName, url, line, column, packageName } = frame;
  const site: Site = { key, kind, functionName, url, line, column };
  return packageName === undefined ? site : { ...site, packageName };
}

/**
 * The deepest frame of the application; where there is none the deepest of a package; else (tidemark), `(node)` or `(vm)`.
 * Stacks of one site differ in the framework's frames, so allocations are grouped by this and not by the whole stack.
 */
export function siteOf(stack: Stack): Site {
  const application = stack.find((frame) => frame.kind === 'application' || frame.kind === 'profiler');
  if (application?.kind === 'profiler') return TIDEMARK_SITE;
  if (application !== undefined) return siteOfFrame(application, 'application');
  const foreign = stack.find((frame) => frame.kind === 'package' || frame.kind === 'tidemark');
  if (foreign?.kind === 'tidemark') return TIDEMARK_SITE;
  if (foreign !== undefined) return siteOfFrame(foreign, 'package');
  return stack.some((frame) => frame.kind === 'node') ? NODE_SITE : VM_SITE;
}
