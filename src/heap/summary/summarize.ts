import type { HeapAnalysis } from '../analysis.js';
import { NODE_KINDS } from '../kinds.js';
import { groupClosures } from '../passes/closures.js';
import { findContexts } from '../passes/contexts.js';
import { chartDominators, type ChartNode } from '../passes/dominator-chart.js';
import { findDuplicateStrings } from '../passes/duplicate-strings.js';
import { findLargeCollections } from '../passes/large-collections.js';
import { findSuspects } from '../passes/suspects.js';
import { Top } from '../top.js';
import { describeObject, pathTo } from './describe.js';
import type {
  ChartSummary,
  ClassSummary,
  ClosureSummary,
  CollectionSummary,
  ContextSummary,
  DuplicateStringSummary,
  HeapSummary,
  SuspectSummary,
} from './summary.js';

export interface SummaryOptions {
  /** Length of each list, default 20. */
  readonly top?: number;
  /** Share of the heap from which a node is suspect, default 0.1. */
  readonly suspectShare?: number;
  /** Show the beginning of duplicate strings. Off by default: in an unredacted snapshot they are the program's data. */
  readonly showStrings?: boolean;
}

const SHOWN_TEXT = 80;
const GROUPS = 5;
const CHART = { share: 0.004, maxDepth: 24, maxNodes: 600 } as const;

/** All findings on one snapshot, largest first. */
export function summarize(analysis: HeapAnalysis, options: SummaryOptions = {}): HeapSummary {
  const { top = 20, suspectShare = 0.1, showStrings = false } = options;
  const { graph, retainedSize, aggregates, classes, dominated } = analysis;
  const { nativeContexts, detached } = findContexts(graph, classes.of);
  const chart = chartDominators({ root: graph.root, retainedSize, dominated, ...CHART });
  return {
    nodes: graph.nodeCount,
    edges: graph.edgeCount,
    strings: graph.strings.count,
    totalBytes: retainedSize[graph.root]!,
    kinds: kinds(analysis),
    classes: topClasses(analysis, top),
    classesInAll: aggregates.count.reduce((all, count) => (count > 0 ? all + 1 : all), 0),
    suspects: suspects(analysis, suspectShare),
    collections: collections(analysis, top),
    duplicateStrings: duplicateStrings(analysis, top, showStrings),
    closures: closures(analysis, top),
    contexts: contexts(analysis, nativeContexts, top),
    detached: [...detached]
      .map(([row, sum]) => ({ class: classes.names[row]!, ...sum }))
      .sort((a, b) => b.count - a.count)
      .slice(0, top),
    chart: describeChart(analysis, chart),
  };
}

function kinds({ graph, selfSize }: HeapAnalysis): HeapSummary['kinds'] {
  const rows = NODE_KINDS.map((kind) => ({ kind, count: 0, selfBytes: 0 }));
  for (let node = 0; node < graph.nodeCount; node++) {
    const row = rows[graph.nodeKind[node]!]!;
    row.count += 1;
    row.selfBytes += selfSize[node]!;
  }
  return rows.filter(({ count }) => count > 0).sort((a, b) => b.selfBytes - a.selfBytes);
}

function topClasses({ aggregates, classes }: HeapAnalysis, limit: number): readonly ClassSummary[] {
  const { count, selfSize, retainedSize } = aggregates;
  const top = new Top<number>(limit);
  for (let row = 0; row < count.length; row++) if (count[row]! > 0) top.add(retainedSize[row]!, row);
  return top.items().map((row) => ({
    class: classes.names[row]!,
    count: count[row]!,
    selfBytes: selfSize[row]!,
    retainedBytes: retainedSize[row]!,
  }));
}

function suspects(analysis: HeapAnalysis, share: number): readonly SuspectSummary[] {
  const { graph, dominator, retainedSize, classes, dominated } = analysis;
  const found = findSuspects(graph, { dominator, retainedSize, dominated, classes, share, groups: GROUPS });
  return found.map(({ node, accumulatedBytes, groups }) => ({
    object: describeObject(analysis, node),
    accumulatedBytes,
    share: accumulatedBytes / retainedSize[graph.root]!,
    holds: groups.map(({ classRow, count, retainedBytes }) => ({
      class: classes.names[classRow]!,
      count,
      retainedBytes,
    })),
    ...pathTo(analysis, node),
  }));
}

function collections(analysis: HeapAnalysis, limit: number): readonly CollectionSummary[] {
  const { graph, namer, retainedSize } = analysis;
  return findLargeCollections(graph, namer.known, retainedSize, limit).map(
    ({ node, kind, entries, capacity }) => ({
      object: describeObject(analysis, node),
      collection: kind,
      entries,
      capacity,
      ...pathTo(analysis, node),
    }),
  );
}

function duplicateStrings(
  { graph }: HeapAnalysis,
  limit: number,
  showStrings: boolean,
): HeapSummary['duplicateStrings'] {
  const found = findDuplicateStrings(graph, limit);
  const top = found.top.map(({ name, count, bytes, wastedBytes, maybeDifferent }): DuplicateStringSummary => {
    const length = graph.strings.byteLength(name);
    const row = { length, count, bytes, wastedBytes, maybeDifferent };
    return showStrings ? { text: graph.strings.text(name, SHOWN_TEXT), ...row } : row;
  });
  return { ...found, top };
}

function closures({ graph, namer }: HeapAnalysis, limit: number): readonly ClosureSummary[] {
  return groupClosures(graph, limit).map(({ node, count, selfBytes }) => ({
    function: namer.label(node),
    ...namer.place(node),
    count,
    selfBytes,
  }));
}

function contexts(
  analysis: HeapAnalysis,
  nodes: readonly number[],
  limit: number,
): readonly ContextSummary[] {
  const { retainedSize } = analysis;
  const largestFirst = [...nodes].sort((a, b) => retainedSize[b]! - retainedSize[a]!);
  return largestFirst
    .slice(1, limit + 1)
    .map((node) => ({ object: describeObject(analysis, node), ...pathTo(analysis, node) }));
}

/** No recursion over the file's structure: the chart itself is at most 24 deep. */
function describeChart(analysis: HeapAnalysis, chart: ChartNode): ChartSummary {
  return {
    label: analysis.namer.label(chart.node),
    id: analysis.graph.nodeId[chart.node]!,
    retainedBytes: chart.retainedBytes,
    children: chart.children.map((child) => describeChart(analysis, child)),
  };
}
