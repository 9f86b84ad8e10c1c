import { fileURLToPath } from 'node:url';
import type { SourceMaps } from './source-maps.js';

/** What is shown of a frame or a site: names and positions in the original source. */
export interface Place {
  readonly function: string;
  /** Relative to the root if below it. Empty without a file. */
  readonly file: string;
  /** 1-based start of the function; 0 if there is none. */
  readonly line: number;
  readonly column: number;
}

interface Positioned {
  readonly functionName: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

function fileOf(url: string, root: string): string {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  const base = root.endsWith('/') ? root : `${root}/`;
  return path.startsWith(base) ? path.slice(base.length) : path;
}

/** Maps frames to places. */
export type Locator = (frame: Positioned) => Place;

/**
 * @param sourceMaps must have been prepared for the frames' URLs; others keep their runtime position
 * @param root folder to which file names are relative, by default the working folder
 */
export function createLocator(sourceMaps?: SourceMaps, root: string = process.cwd()): Locator {
  return (frame) => {
    const mapped = sourceMaps?.map(frame.url, frame.line, frame.column);
    const { url, line, column } = mapped ?? frame;
    const name = frame.functionName === '' ? mapped?.functionName : frame.functionName;
    return { function: name ?? '(anonymous)', file: fileOf(url, root), line, column };
  };
}

/** `function (file:line:column)`, as stacks are printed everywhere. */
export function placeText({ function: name, file, line, column }: Place): string {
  return file === '' ? name : `${name} (${file}:${line}:${column})`;
}
