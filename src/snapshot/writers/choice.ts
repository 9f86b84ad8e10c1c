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

/** What the fork writer stands on, or why it cannot. */
export type ForkGround =
  | {
      readonly usable: true;
      readonly native: NativeFork;
      readonly switches: ReadonlyMap<string, boolean>;
      readonly pauseMs: number;
    }
  | { readonly usable: false; readonly reason: string; readonly detail: string };

export interface ForkProbe {
  /** Tests once per probe, on the first question. */
  ground(): Promise<ForkGround>;
  /** The answer when it is there already. */
  known(): ForkGround | undefined;
  /** The addon alone, for what needs no fork. */
  native(): NativeLoad;
  /** Ends a test under way; the ground is then unusable for good. */
  close(): void;
}

export interface ForkProbeSources {
  readonly load?: () => NativeLoad;
  readonly test?: (path: string, signal: AbortSignal) => Promise<SelfTestResult>;
}

export function createForkProbe({ load = loadNative, test = selfTest }: ForkProbeSources = {}): ForkProbe {
  const closing = new AbortController();
  let loaded: NativeLoad | undefined;
  let asked: Promise<ForkGround> | undefined;
  let known: ForkGround | undefined;
  const native = (): NativeLoad => (loaded ??= load());

  async function find(): Promise<ForkGround> {
    const addon = native();
    if (!addon.loaded) return { usable: false, reason: addon.reason, detail: addon.detail };
    const result = await test(addon.path, closing.signal);
    if (!result.passed) return { usable: false, reason: result.reason, detail: result.detail };
    return { usable: true, native: addon.native, switches: result.switches, pauseMs: result.pauseMs };
  }

  return {
    native,
    ground: () =>
      (asked ??= find().then((ground) => {
        known = ground;
        return ground;
      })),
    known: () => known,
    close: () => closing.abort(),
  };
}

/**
 * The writer for an option: `auto` takes the fork wherever it works.
 * @param ground needed for `auto` and `fork` only
 */
export function chooseWriter(option: WriterName | 'auto', ground: ForkGround | undefined): WriterChoice {
  if (option !== 'auto') {
    const works = option !== 'fork' || ground?.usable !== false;
    const detail = works ? 'chosen by the option' : `does not work: ${ground.reason}`;
    return { writer: option, reason: 'option', detail };
  }
  if (ground?.usable !== true) {
    return { writer: 'v8', reason: ground?.reason ?? 'not tested', detail: ground?.detail ?? '' };
  }
  const detail = `a throw-away process forked in ${ground.pauseMs.toFixed(1)} ms`;
  return { writer: 'fork', reason: 'self-test passed', detail };
}
