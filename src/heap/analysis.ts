import type { HeapGraph } from './graph.js';
import { Namer } from './naming/namer.js';
import { aggregateClasses, type ClassAggregates } from './passes/class-aggregates.js';
import { classify, type Classes } from './passes/classes.js';
import { findDistances, type Distances } from './passes/distances.js';
import { dominatedNodes, type Dominated } from './passes/dominated.js';
import { markEdges } from './passes/edge-marks.js';
import { findDominators } from './passes/dominators.js';
import { retainedSizes } from './passes/retained-sizes.js';
import { shallowSizes } from './passes/shallow-sizes.js';

/** A graph and all that the passes found out about it, as columns. */
export interface HeapAnalysis {
  readonly graph: HeapGraph;
  /** Bytes of each node as Chrome DevTools counts them. */
  readonly selfSize: Float64Array;
  readonly dominated: Dominated;
  readonly dominator: Uint32Array;
  /** All nodes, each after its dominator. */
  readonly order: Uint32Array;
  readonly retainedSize: Float64Array;
  readonly distances: Distances;
  readonly classes: Classes;
  readonly aggregates: ClassAggregates;
  readonly namer: Namer;
}

/** What is being done, for whoever waits. */
export type AnalysisStep = 'sizes' | 'dominators' | 'classes' | 'distances';

export interface AnalysisOptions {
  /**
   * `devtools` (default): V8's helper arrays count for the object they belong to, as Chrome DevTools shows it since 2023.
   * `v8`: each node has the size that the file says, as memlab and older tools show it.
   */
  readonly sizes?: 'devtools' | 'v8';
  readonly onStep?: (step: AnalysisStep) => void;
}

/** Runs all passes. Takes about 60 bytes a node and 5 an edge at the most, beside the graph, and keeps about half of it. */
export function analyzeHeap(
  graph: HeapGraph,
  { sizes = 'devtools', onStep }: AnalysisOptions = {},
): HeapAnalysis {
  onStep?.('sizes');
  const selfSize = sizes === 'devtools' ? shallowSizes(graph) : graph.selfSize;
  onStep?.('dominators');
  const marks = markEdges(graph);
  const dominators = findDominators(graph, marks);
  const retainedSize = retainedSizes(selfSize, dominators);
  const dominated = dominatedNodes(graph, dominators);
  onStep?.('classes');
  const classes = classify(graph);
  const aggregates = aggregateClasses(graph, { classes, selfSize, retainedSize, dominated });
  onStep?.('distances');
  const distances = findDistances(graph, marks);
  const { dominator, order } = dominators;
  const namer = new Namer(graph, classes);
  return {
    graph,
    selfSize,
    dominator,
    order,
    dominated,
    retainedSize,
    distances,
    classes,
    aggregates,
    namer,
  };
}
