import type { EdgeTable, HeapGraph } from './graph.js';
import { Namer } from './naming/namer.js';
import { aggregateClasses, type ClassAggregates } from './passes/class-aggregates.js';
import { classify, type Classes } from './passes/classes.js';
import { findDistances, type Distances } from './passes/distances.js';
import { dominatedNodes, type Dominated } from './passes/dominated.js';
import { markEdges, type EdgeMarks } from './passes/edge-marks.js';
import { findDominators, type Dominators } from './passes/dominators.js';
import { retainedSizes } from './passes/retained-sizes.js';
import { shallowSizes } from './passes/shallow-sizes.js';
import { unifyNames } from './passes/unify-names.js';

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
export type AnalysisStep = 'names' | 'sizes' | 'classes' | 'distances' | 'dominators';

export interface AnalysisOptions {
  /**
   * `devtools` (default): V8's helper arrays count for the object they belong to, as Chrome DevTools shows it since 2023.
   * `v8`: each node has the size that the file says, as memlab and older tools show it.
   */
  readonly sizes?: 'devtools' | 'v8';
  readonly onStep?: (step: AnalysisStep) => void;
}

/** Runs all passes. Takes about 60 bytes a node and 5 an edge at the most, beside the graph, and keeps about half of it. */
export function analyzeHeap(graph: HeapGraph, options: AnalysisOptions = {}): HeapAnalysis {
  const marks = markEdges(graph);
  const findings = analyzeWithoutDominators(graph, marks, options);
  return complete(findings, findDominators(graph, marks));
}

/**
 * {@link analyzeHeap} with the dominators found elsewhere, at best by another thread while the passes run that do not need
 * them. Rejects with what `findAside` rejects with.
 */
export async function analyzeHeapAside(
  graph: HeapGraph,
  findAside: (edges: EdgeTable, marks: EdgeMarks) => Promise<Dominators>,
  options: AnalysisOptions = {},
): Promise<HeapAnalysis> {
  const marks = markEdges(graph);
  const { nodeCount, root, firstEdge, edgeTo } = graph;
  const dominators = findAside({ nodeCount, root, firstEdge, edgeTo }, marks);
  const findings = analyzeWithoutDominators(graph, marks, options);
  return complete(findings, await dominators);
}

type Findings = Pick<HeapAnalysis, 'graph' | 'selfSize' | 'classes' | 'distances' | 'namer'>;

function analyzeWithoutDominators(
  graph: HeapGraph,
  marks: EdgeMarks,
  { sizes = 'devtools', onStep }: AnalysisOptions,
): Findings {
  onStep?.('names');
  unifyNames(graph);
  onStep?.('sizes');
  const selfSize = sizes === 'devtools' ? shallowSizes(graph) : graph.selfSize;
  onStep?.('classes');
  const classes = classify(graph);
  onStep?.('distances');
  const distances = findDistances(graph, marks);
  const namer = new Namer(graph, classes);
  onStep?.('dominators');
  return { graph, selfSize, classes, distances, namer };
}

function complete(findings: Findings, dominators: Dominators): HeapAnalysis {
  const { graph, classes, selfSize } = findings;
  const retainedSize = retainedSizes(selfSize, dominators);
  const dominated = dominatedNodes(graph, dominators);
  const aggregates = aggregateClasses(graph, { classes, selfSize, retainedSize, dominated });
  return { ...findings, ...dominators, retainedSize, dominated, aggregates };
}
