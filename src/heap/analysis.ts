import type { EdgeTable, HeapGraph } from './graph.js';
import { Namer } from './naming/namer.js';
import { aggregateClasses, type ClassAggregates } from './passes/class-aggregates.js';
import { classify, type Classes } from './passes/classes.js';
import { findDistances, type Distances } from './passes/distances.js';
import { dominatedNodes, type Dominated } from './passes/dominated.js';
import { markEdges, type EdgeMarks } from './passes/edge-marks.js';
import { findDominators, type Dominators, retainedSizes } from './passes/dominators.js';
import { shallowSizes } from './passes/shallow-sizes.js';
import { unifyNames } from './passes/unify-names.js';

/** A graph and the results of all passes over it, as columns. */
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

/** The current step, for progress reports. */
export type AnalysisStep = 'edges' | 'names' | 'sizes' | 'classes' | 'distances' | 'dominators';

export interface AnalysisOptions {
  /**
   * `devtools` (default): V8's helper arrays count towards the object they belong to, as in Chrome DevTools since
   * 2023. `v8`: each node has the size given in the file, as in memlab and older tools.
   */
  readonly sizes?: 'devtools' | 'v8';
  /**
   * Computes the dominators on another thread, while the passes run that do not need them. Without it, or if it
   * returns `undefined`, they are computed here, after those passes.
   */
  readonly computeDominatorsInThread?: (
    edges: EdgeTable,
    marks: EdgeMarks,
  ) => Promise<Dominators | undefined>;
  readonly onStep?: (step: AnalysisStep) => void;
}

/**
 * Runs all passes. Takes at most about 75 bytes a node and 5 an edge besides the graph, and keeps about 50 a node.
 * Afterwards duplicate names in the graph share one index.
 */
export async function analyzeHeap(graph: HeapGraph, options: AnalysisOptions = {}): Promise<HeapAnalysis> {
  const { sizes = 'devtools', computeDominatorsInThread, onStep } = options;
  onStep?.('edges');
  const marks = markEdges(graph);
  const { nodeCount, root, firstEdge, edgeTo } = graph;
  const aside = computeDominatorsInThread?.({ nodeCount, root, firstEdge, edgeTo }, marks);
  onStep?.('names');
  unifyNames(graph);
  onStep?.('sizes');
  const selfSize = sizes === 'devtools' ? shallowSizes(graph) : graph.selfSize;
  onStep?.('classes');
  const classes = classify(graph);
  const namer = new Namer(graph, classes);
  onStep?.('distances');
  const distances = findDistances(graph, marks);
  onStep?.('dominators');
  const dominators = (await aside) ?? findDominators(graph, marks);
  const retainedSize = retainedSizes(selfSize, dominators);
  const dominated = dominatedNodes(graph, dominators);
  const aggregates = aggregateClasses(graph, { classes, selfSize, retainedSize, dominated });
  return { graph, selfSize, classes, namer, distances, ...dominators, retainedSize, dominated, aggregates };
}
