import { randomBytes } from 'node:crypto';
import { headerSection } from '../../heap/format/header.js';
import { JsonValue } from '../../heap/format/json-value.js';
import { NumberList, type RowSink } from '../../heap/format/number-list.js';
import { SnapshotScanner, type Section } from '../../heap/format/scanner.js';
import { StringList } from '../../heap/format/string-list.js';
import { ByteSink } from './byte-sink.js';
import { Entries } from './entries.js';
import { EdgeRows, NodeRows, TraceFunctionRows } from './graph-rows.js';
import { layoutOf, type Layout } from './layout.js';
import { DEFAULT_LIMITS, faults, malformed, type RedactionLimits } from './limits.js';
import { NumberTree } from './number-tree.js';
import { RowCopy } from './row-copy.js';
import { StringTable, type RedactionCounts } from './string-table.js';
import { createUses } from './uses.js';

/** What was read and what was replaced. */
export interface RedactionSummary extends RedactionCounts {
  readonly nodes: number;
  readonly edges: number;
  /** Sum of the nodes' own sizes, bytes. */
  readonly heapBytes: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** References from code that did not fit: that many names may have been replaced needlessly. */
  readonly droppedEvidence: number;
}

/** The redaction of one snapshot. */
export interface Redaction {
  /**
   * Takes the next bytes of the file.
   *
   * @yields bytes of the redacted file, which the caller may keep
   * @throws TIDEMARK_ERR_REDACTION_MALFORMED if this is not a V8 heap snapshot
   * @throws TIDEMARK_ERR_REDACTION_LIMIT if it has more nodes, edges or strings than the limits allow
   */
  push(chunk: Uint8Array): Generator<Uint8Array, void>;
  /** @throws TIDEMARK_ERR_REDACTION_MALFORMED if the file was cut off */
  end(): RedactionSummary;
}

/** Bytes scanned at a time before they are passed on. */
const SLICE_BYTES = 64 * 1024;
const SECTIONS = new Set(
  'snapshot nodes edges trace_function_infos trace_tree samples locations strings'.split(' '),
);

/**
 * Redacts a `.heapsnapshot` as it streams through. Contents of strings, keys that are data, symbol descriptions,
 * regular expressions and sources of scripts become placeholders; names of classes, functions, files, variables and
 * the property names that code writes stay. `docs/redaction.md` says how they are distinguished.
 *
 * Memory: 9 bytes a node, about 8 a string, and the words of the program's code.
 *
 * @param limits default: {@link DEFAULT_LIMITS}
 * @param secret 16 bytes, the key of the placeholders. Omit it: the key is then lost with the redaction, and nobody
 *   can tell later which text a placeholder stood for.
 */
export function createRedaction(
  limits: Partial<RedactionLimits> = {},
  secret: Uint8Array = randomBytes(16),
): Redaction {
  const sink = new ByteSink();
  const uses = createUses({ ...DEFAULT_LIMITS, ...limits });
  const scanner = new SnapshotScanner(faults, open);
  let layout: Layout | undefined;
  let nodes: NodeRows | undefined;
  let hasEdges = false;
  let table: StringTable | undefined;
  let isEnded = false;
  let bytesRead = 0;
  let bytesWritten = 0;

  function open(name: string): Section {
    if (!SECTIONS.has(name)) throw malformed('it has a section of an unknown name');
    if (table !== undefined) throw malformed('something follows its strings');
    if (name === 'snapshot') {
      sink.ascii('{"snapshot":');
      return headerSection(faults, (header) => {
        layout = layoutOf(header);
        sink.ascii(layout.text);
      });
    }
    if (layout === undefined) throw malformed('it does not begin with its header');
    sink.ascii(`,\n"${name}":`);
    if (name === 'trace_tree') return new JsonValue(faults, new NumberTree(sink));
    if (name !== 'strings') return new NumberList(faults, name, rowsOf(name, layout));
    if (!hasEdges) throw malformed('its strings come before its edges');
    table = new StringTable(uses, secret);
    return new StringList(faults, new Entries(table, secret, sink));
  }

  function rowsOf(name: string, known: Layout): RowSink {
    if (name === 'samples') return new RowCopy(known.sampleWidth, sink);
    if (name === 'locations') return new RowCopy(known.location.width, sink, true);
    if (name === 'nodes') return (nodes = new NodeRows(known, uses, sink));
    if (nodes === undefined) throw malformed(`"${name}" comes before its nodes`);
    if (name === 'trace_function_infos') return new TraceFunctionRows(known, uses, sink);
    hasEdges = true;
    return new EdgeRows(known, uses, nodes, sink);
  }

  function* taken(): Generator<Uint8Array, void> {
    if (sink.length === 0) return;
    const bytes = sink.take();
    bytesWritten += bytes.length;
    yield bytes;
  }

  /** What follows the last string of the file, in pieces. */
  function* ending(strings: StringTable): Generator<Uint8Array, void> {
    isEnded = true;
    while (!strings.writeEdgeNames(sink)) yield* taken();
    sink.ascii(']}\n');
  }

  return {
    *push(chunk) {
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        scanner.push(chunk.subarray(at, at + SLICE_BYTES));
        if (table?.isComplete === true && !isEnded) yield* ending(table);
        yield* taken();
      }
      bytesRead += chunk.length;
    },
    end() {
      if (!scanner.done || table === undefined || layout === undefined || nodes === undefined) {
        throw malformed(scanner.done ? 'it has no strings' : 'it is cut off');
      }
      return {
        nodes: layout.nodeCount,
        edges: layout.edgeCount,
        heapBytes: nodes.selfSize,
        ...table.counts(),
        bytesRead,
        bytesWritten,
        droppedEvidence: uses.droppedEvidence,
      };
    },
  };
}

/**
 * A step of `stream.pipeline`: bytes of a snapshot in, redacted bytes out, with the pipeline's backpressure.
 *
 * @param finished called when the file has been read to its end
 * @throws the errors of {@link Redaction.push} and {@link Redaction.end}, which fail the pipeline
 */
export function redacting(
  redaction: Redaction,
  finished?: (summary: RedactionSummary) => void,
): (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, void> {
  return async function* redact(source) {
    for await (const chunk of source) yield* redaction.push(chunk);
    const summary = redaction.end();
    finished?.(summary);
  };
}
