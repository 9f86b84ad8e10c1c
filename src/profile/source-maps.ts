import { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import { findSourceMap, SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface SourcePosition {
  readonly url: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly functionName?: string;
}

/** Original positions of frames in files that have a source map. */
export interface SourceMaps {
  /** Reads the maps of these files (URLs or absolute paths) once, so that {@link map} can answer. Never rejects. */
  prepare(urls: Iterable<string>): Promise<void>;
  /** The original position (1-based in, 1-based out); undefined without a map or if it was not prepared. */
  map(url: string, line: number, column: number): SourcePosition | undefined;
  /** Known files, with or without a map. */
  readonly files: number;
}

export interface SourceMapsOptions {
  /** Files remembered, least recently prepared dropped first. Default 64. */
  readonly maxFiles?: number;
  /** Larger files and maps are skipped: parsing one takes about fifty times its size. Default 8 MiB. */
  readonly maxFileBytes?: number;
}

interface LoadedMap {
  readonly map: SourceMap;
  /** Base URL of the map's sources. */
  readonly baseUrl: string;
}

const COMMENT = /^[ \t]*\/[/*][#@][ \t]*sourceMappingURL=(\S+?)(?:[ \t]*\*\/)?[ \t]*$/gm;
const DATA_URL = /^data:application\/json[^,]*?(;base64)?,(.*)$/;

async function readBounded(path: string, maxBytes: number): Promise<string | undefined> {
  const file = await open(path);
  try {
    if ((await file.stat()).size > maxBytes) return undefined;
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Node's class also reads the index map (`sections`) of some bundlers. */
function isPayload(value: unknown): value is SourceMapPayload {
  return typeof value === 'object' && value !== null && ('mappings' in value || 'sections' in value);
}

async function load(url: string, maxBytes: number): Promise<LoadedMap | undefined> {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  if (!path.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(path)) return undefined;
  const scriptUrl = pathToFileURL(path).href;
  // Node has it already under --enable-source-maps; the only way to the maps of a loader that compiles in memory.
  const known = findSourceMap(path) ?? findSourceMap(scriptUrl);
  if (known !== undefined) return { map: known, baseUrl: scriptUrl };

  const source = await readBounded(path, maxBytes);
  // The last comment counts: earlier ones may be inside strings of a bundle.
  const reference = source === undefined ? undefined : [...source.matchAll(COMMENT)].at(-1)?.[1];
  if (reference === undefined) return undefined;
  const inline = DATA_URL.exec(reference);
  const baseUrl = inline === null ? new URL(reference, scriptUrl).href : scriptUrl;
  const text =
    inline === null
      ? await readBounded(fileURLToPath(baseUrl), maxBytes)
      : inline[1] === undefined
        ? decodeURIComponent(inline[2] ?? '')
        : Buffer.from(inline[2] ?? '', 'base64').toString('utf8');
  if (text === undefined) return undefined;
  const payload: unknown = JSON.parse(text);
  if (!isPayload(payload)) throw new TypeError('not a source map');
  return { map: new SourceMap(payload), baseUrl };
}

/**
 * Reads source maps off the hot path. Frames whose map is missing or broken, as packages ship them, stay as they are.
 */
export function createSourceMaps({
  maxFiles = 64,
  maxFileBytes = 8 * 1024 * 1024,
}: SourceMapsOptions = {}): SourceMaps {
  const loaded = new Map<string, LoadedMap | undefined>();

  async function prepareOne(url: string): Promise<void> {
    if (loaded.has(url)) return;
    const map = await load(url, maxFileBytes).catch(() => undefined);
    loaded.set(url, map);
    for (const oldest of loaded.keys()) {
      if (loaded.size <= maxFiles) break;
      loaded.delete(oldest);
    }
  }

  return {
    async prepare(urls) {
      // One at a time: a burst of parses would block the thread.
      for (const url of new Set(urls)) await prepareOne(url);
    },
    map(url, line, column) {
      const known = loaded.get(url);
      if (known === undefined || line < 1) return undefined;
      const entry = known.map.findEntry(line - 1, Math.max(column - 1, 0));
      if (!('originalSource' in entry) || typeof entry.originalSource !== 'string') return undefined;
      const { sourceRoot = '' } = known.map.payload;
      const base = sourceRoot === '' ? known.baseUrl : new URL(`${sourceRoot}/`, known.baseUrl);
      return {
        url: new URL(entry.originalSource, base).href,
        line: entry.originalLine + 1,
        column: entry.originalColumn + 1,
        ...('name' in entry && typeof entry.name === 'string' ? { functionName: entry.name } : {}),
      };
    },
    get files() {
      return loaded.size;
    },
  };
}
