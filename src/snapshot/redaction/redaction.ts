import { randomBytes } from 'node:crypto';
import { ByteSink } from './byte-sink.js';
import { edgeRows, nodeRows, traceFunctionRows } from './graph-rows.js';
import { readHeader, type Layout } from './header.js';
import { malformed } from './malformed.js';
import { headerSection, numberTreeSection } from './nested-sections.js';
import { NumberSection, plainRows } from './number-section.js';
import type { Section } from './section.js';
import { StringSection } from './string-section.js';
import { StringTable, type RedactionCounts } from './string-table.js';
import { createUses, DEFAULT_LIMITS, type RedactionLimits } from './uses.js';

/** What was read and what was done to it. */
export interface RedactionSummary extends RedactionCounts {
  readonly nodes: number;
  readonly edges: number;
  /** Sum of the nodes' own sizes, bytes. */
  readonly heapBytes: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** References from code that there was no room for: so many names may have been replaced without need. */
  readonly droppedEvidence: number;
}

/** The redaction of one snapshot. */
export interface Redaction {
  /**
   * Takes the next bytes of the file.
   *
   * @yields bytes of the redacted file, which the caller may keep
   * @throws TIDEMARK_ERR_REDACTION_MALFORMED when this is no heap snapshot of V8
   * @throws TIDEMARK_ERR_REDACTION_LIMIT when it has more nodes, edges or strings than the limits allow
   */
  push(chunk: Uint8Array): Generator<Uint8Array, void>;
  /** @throws TIDEMARK_ERR_REDACTION_MALFORMED when the file was cut off */
  end(): RedactionSummary;
}

const SLICE_BYTES = 64 * 1024;
const MAX_KEY_BYTES = 32;

type Expect = 'object' | 'first-key' | 'key' | 'key-text' | 'colon' | 'value' | 'separator' | 'end';

/**
 * Redacts a `.heapsnapshot` as it streams through. Contents of strings, keys that are data, symbol descriptions,
 * regular expressions and sources of scripts become placeholders; names of classes, functions, files, variables and
 * the property names that code writes stay. `docs/redaction.md` says how they are told apart.
 *
 * Memory: 9 bytes a node, some 8 a string, and the words of the program's code.
 *
 * @param limits those of {@link DEFAULT_LIMITS} unless given
 * @param secret 16 bytes, the key of the placeholders. Leave it out: the key then goes with the redaction, and nobody
 * can tell afterwards which text a placeholder stood for.
 */
export function createRedaction(
  limits: Partial<RedactionLimits> = {},
  secret: Uint8Array = randomBytes(16),
): Redaction {
  const sink = new ByteSink();
  const uses = createUses({ ...DEFAULT_LIMITS, ...limits });

  const seen = new Set<string>();
  let layout: Layout | undefined;
  let nodes: ReturnType<typeof nodeRows> | undefined;
  let table: StringTable | undefined;
  let section: Section | undefined;
  let expect: Expect = 'object';
  let key = '';
  let bytesRead = 0;
  let bytesWritten = 0;

  function graphSection(name: string, known: Layout): Section {
    if (name === 'nodes') return new NumberSection(name, (nodes = nodeRows(known, uses)));
    if (nodes === undefined || !seen.has('nodes')) throw malformed(`"${name}" comes before its nodes`);
    if (name === 'edges') return new NumberSection(name, edgeRows(known, uses, nodes.table()));
    if (name === 'trace_function_infos') return new NumberSection(name, traceFunctionRows(known, uses));
    if (!seen.has('edges')) throw malformed('its strings come before its edges');
    table = new StringTable(uses, secret);
    return new StringSection(table, secret);
  }

  function open(name: string): Section {
    if (seen.has(name)) throw malformed('a section comes twice');
    if (seen.has('strings')) throw malformed('something follows its strings');
    if (name === 'snapshot') return headerSection((json) => (layout = readHeader(json)).json);
    if (layout === undefined) throw malformed('it does not begin with its header');
    switch (name) {
      case 'nodes':
      case 'edges':
      case 'trace_function_infos':
      case 'strings':
        return graphSection(name, layout);
      case 'trace_tree':
        return numberTreeSection(name);
      case 'samples':
        return new NumberSection(name, plainRows(name, layout.sampleWidth));
      case 'locations':
        return new NumberSection(name, plainRows(name, layout.locationWidth));
      default:
        throw malformed('it has a section of an unknown name');
    }
  }

  function structure(byte: number): void {
    if (expect === 'key-text') {
      if (byte !== 0x22) {
        key += String.fromCharCode(byte);
        if (key.length > MAX_KEY_BYTES) throw malformed('it has a section of an unknown name');
        return;
      }
      section = open(key);
      sink.ascii(`${seen.size > 0 ? ',\n' : ''}"${key}":`);
      seen.add(key);
      expect = 'colon';
      return;
    }
    if (byte === 0x0a || byte === 0x20 || byte === 0x0d || byte === 0x09) return;
    if (byte === 0x7b && expect === 'object') {
      sink.ascii('{');
      expect = 'first-key';
    } else if (byte === 0x22 && (expect === 'first-key' || expect === 'key')) {
      key = '';
      expect = 'key-text';
    } else if (byte === 0x3a && expect === 'colon') expect = 'value';
    else if (byte === 0x2c && expect === 'separator') expect = 'key';
    else if (byte === 0x7d && expect === 'separator') {
      if (!seen.has('strings')) throw malformed('it has no strings');
      sink.ascii('}\n');
      expect = 'end';
    } else throw malformed('it is no JSON object of sections');
  }

  function* taken(): Generator<Uint8Array, void> {
    if (sink.length === 0) return;
    const bytes = sink.take();
    bytesWritten += bytes.length;
    yield bytes;
  }

  return {
    *push(chunk) {
      let position = 0;
      while (position < chunk.length) {
        const to = Math.min(chunk.length, position + SLICE_BYTES);
        while (position < to) {
          if (expect !== 'value' || section === undefined) {
            structure(chunk[position++]!);
            continue;
          }
          position = section.read(chunk, position, to, sink);
          if (section instanceof StringSection && section.isRead) {
            while (!section.done) {
              section.more(sink);
              yield* taken();
            }
          }
          if (section.done) expect = 'separator';
        }
        yield* taken();
      }
      bytesRead += chunk.length;
    },
    end() {
      if (expect !== 'end' || table === undefined || layout === undefined || nodes === undefined) {
        throw malformed('it is cut off');
      }
      return {
        nodes: layout.nodeCount,
        edges: layout.edgeCount,
        heapBytes: nodes.selfSize(),
        ...table.counts(),
        bytesRead,
        bytesWritten,
        droppedEvidence: uses.droppedEvidence,
      };
    },
  };
}
