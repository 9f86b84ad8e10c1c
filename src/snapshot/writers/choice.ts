import { loadNative, type NativeFork, type NativeLoad } from './native.js';
import { selfTest, type SelfTestResult } from './self-test.js';
import type { WriterName } from './writer.js';

/** Which writer is used, and why: for `/memory/stats`. */
export interface WriterChoice {
  readonly writer: WriterName;
  /** `self-test passed`, `option`, or why it is not the fork: `musl`, `platform`, `not built: no compiler`, `refused`, … */
  readonly reason: string;
  readonly detail: string;
}

/** What the fork writer needs, or why it does not work here. */
export type ForkSupport =
  | {
      readonly usable: true;
      readonly native: NativeFork;
      readonly switches: ReadonlyMap<string, boolean>;
      readonly pauseMs: number;
    }
  | { readonly usable: false; readonly reason: string; readonly detail: string };

export interface ForkProbe {
  /** Runs the self-test at the first call. */
  support(): Promise<ForkSupport>;
  /** The result if there is one already. */
  known(): ForkSupport | undefined;
  /** The addon alone, for what needs no fork. */
  native(): NativeLoad;
  /** Ends a self-test under way; forking then counts as unsupported. */
  close(): void;
}

export interface ForkProbeSources {
  readonly load?: () => NativeLoad;
  readonly test?: (path: string, signal: AbortSignal) => Promise<SelfTestResult>;
}

export function createForkProbe({ load = loadNative, test = selfTest }: ForkProbeSources = {}): ForkProbe {
  const closing = new AbortController();
  let loaded: NativeLoad | undefined;
  let asked: Promise<ForkSupport> | undefined;
  let known: ForkSupport | undefined;
  const native = (): NativeLoad => (loaded ??= load());

  async function find(): Promise<ForkSupport> {
    const addon = native();
    if (!addon.loaded) return { usable: false, reason: addon.reason, detail: addon.detail };
    const result = await test(addon.path, closing.signal);
    if (!result.passed) return { usable: false, reason: result.reason, detail: result.detail };
    return { usable: true, native: addon.native, switches: result.switches, pauseMs: result.pauseMs };
  }

  return {
    native,
    support: () =>
      (asked ??= find().then((support) => {
        known = support;
        return support;
      })),
    known: () => known,
    close: () => closing.abort(),
  };
}

/**
 * The writer for an option: `auto` takes the fork wherever it works.
 * @param support needed for `auto` and `fork` only
 */
export function chooseWriter(option: WriterName | 'auto', support: ForkSupport | undefined): WriterChoice {
  if (option !== 'auto') {
    const works = option !== 'fork' || support?.usable !== false;
    const detail = works ? 'chosen by the option' : `does not work: ${support.reason}`;
    return { writer: option, reason: 'option', detail };
  }
  if (support?.usable !== true) {
    return { writer: 'v8', reason: support?.reason ?? 'not tested', detail: support?.detail ?? '' };
  }
  const detail = `a throw-away process forked in ${support.pauseMs.toFixed(1)} ms`;
  return { writer: 'fork', reason: 'self-test passed', detail };
}
