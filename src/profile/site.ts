import type { ClassifiedFrame } from './frames.js';

/** A sampled stack, the allocating frame first. */
export type Stack = readonly ClassifiedFrame[];

export type SiteKind = 'application' | 'package' | 'handler' | 'tidemark' | 'node' | 'vm' | 'other';

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
export const NODE_SITE = placeless('node');
export const VM_SITE = placeless('vm');
/** Where bounded tables count what did not fit. */
export const OTHER_SITE = placeless('other');

function siteOfFrame(frame: ClassifiedFrame, kind: SiteKind): Site {
  const { key, functionName, url, line, column, packageName } = frame;
  const site: Site = { key, kind, functionName, url, line, column };
  return packageName === undefined ? site : { ...site, packageName };
}

/**
 * The deepest frame of the application; without one, the deepest of a package; else (tidemark), `(node)` or `(vm)`.
 * Stacks of one site differ in the framework's frames, so allocations are grouped by site, not by whole stack.
 *
 * Below a route's wrapper only what it called counts: V8 records no inlined frames, and if the handler was inlined
 * into its wrapper, an application's hook further out must not be taken for it.
 */
export function siteOf(stack: Stack): Site {
  const wrapper = stack.findIndex((frame) => frame.kind === 'route');
  const called = wrapper < 0 ? stack : stack.slice(0, wrapper);
  const application = called.find((frame) => frame.kind === 'application' || frame.kind === 'profiler');
  if (application?.kind === 'profiler') return TIDEMARK_SITE;
  if (application !== undefined) return siteOfFrame(application, 'application');
  const foreign = called.find((frame) => frame.kind === 'package' || frame.kind === 'tidemark');
  if (foreign?.kind === 'tidemark') return TIDEMARK_SITE;
  if (foreign !== undefined) return siteOfFrame(foreign, 'package');
  const route = stack[wrapper]?.route;
  if (route !== undefined) return { ...placeless('handler'), key: `(handler ${route})` };
  return stack.some((frame) => frame.kind === 'node') ? NODE_SITE : VM_SITE;
}

/** What started the work: a route, or the application functions at the bottom of the stack, outermost first. */
export type Origin =
  | { readonly kind: 'route'; readonly route: number }
  | { readonly kind: 'functions'; readonly keys: readonly string[] };

/** More would only split the cells of deep call chains. */
const MAX_ORIGIN_FUNCTIONS = 3;

/** A stack with a route's wrapper came from that route; any other was resumed, and begins in some function. */
export function originOf(stack: Stack): Origin {
  const wrapper = stack.findLast((frame) => frame.kind === 'route');
  if (wrapper?.route !== undefined) return { kind: 'route', route: wrapper.route };
  const keys: string[] = [];
  for (let depth = stack.length - 1; depth >= 0 && keys.length < MAX_ORIGIN_FUNCTIONS; depth -= 1) {
    const frame = stack[depth];
    if (frame?.kind === 'application' && !keys.includes(frame.key)) keys.push(frame.key);
  }
  return { kind: 'functions', keys };
}
