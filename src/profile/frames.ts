import { fileURLToPath } from 'node:url';
import { ownCodeFolders } from '../base/package-folders.js';

/** Where a function starts. Lines and columns are 1-based; 0 where V8 knows none. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
}

/**
 * - `application`: a file of the application (or a script it evaluated under a name)
 * - `package`: below a node_modules folder
 * - `node`: Node's own JavaScript
 * - `tidemark`: this package's own files; `profiler`: a reading of the profile, whose allocations are its own
 * - `generated`: code made by `new Function` (validators, serializers): it has no name of its own
 * - `vm`: V8's built-ins (`set`, `push`, `Promise`) and pseudo frames (`(GC)`)
 */
export type FrameKind = 'application' | 'package' | 'node' | 'tidemark' | 'profiler' | 'generated' | 'vm';

export interface ClassifiedFrame extends Frame {
  /** Identity of the function: script, line and column. */
  readonly key: string;
  readonly kind: FrameKind;
  readonly packageName?: string;
}

export type FrameClassifier = (frame: Frame) => ClassifiedFrame;

const MODULES = '/node_modules/';

/** The package a file belongs to: the innermost one, so that nested and pnpm layouts are read correctly. */
export function packageOf(url: string): string | undefined {
  const slashed = url.replaceAll('\\', '/');
  const at = slashed.lastIndexOf(MODULES);
  if (at < 0) return undefined;
  const [first, second] = slashed.slice(at + MODULES.length).split('/', 2);
  if (first === undefined || first === '') return undefined;
  return first.startsWith('@') && second !== undefined ? `${first}/${second}` : first;
}

/** Identity of the function within the process. V8's built-ins share script 0 and are distinguished by name. */
export function frameKey(frame: Frame): string {
  if (frame.scriptId === '0') return `0:${frame.functionName}`;
  return `${frame.scriptId}:${frame.line}:${frame.column}`;
}

/** ESM frames carry file URLs, CommonJS frames plain paths. */
const ownFiles: readonly string[] = ownCodeFolders.flatMap((folder) => [folder.href, fileURLToPath(folder)]);

/** The URL of the frame through which a profile is read, however this package is bundled. */
export const PROFILER_URL = 'tidemark:profiler';

/** @param own URL or path prefixes of this package's own files */
export function createFrameClassifier(own: readonly string[] = ownFiles): FrameClassifier {
  return (frame) => {
    const key = frameKey(frame);
    const { url } = frame;
    if (url === '') return { ...frame, key, kind: frame.scriptId === '0' ? 'vm' : 'generated' };
    if (url.startsWith('node:')) return { ...frame, key, kind: 'node' };
    if (url === PROFILER_URL) return { ...frame, key, kind: 'profiler' };
    const kind = own.some((prefix) => url.startsWith(prefix)) ? 'tidemark' : 'application';
    // When installed, this package is in node_modules itself.
    const packageName = kind === 'application' ? packageOf(url) : undefined;
    return packageName === undefined
      ? { ...frame, key, kind }
      : { ...frame, key, kind: 'package', packageName };
  };
}
