import { TidemarkError } from '../../base/errors.js';
import { systemClock, type Clock } from '../../base/clock.js';
import { createCollector } from '../../measure/collect.js';
import { chooseWriter, createForkProbe, type ForkProbe, type WriterChoice } from './choice.js';
import { createForkWriter } from './fork-writer.js';
import { createGcFlags } from './gc-flags.js';
import { createHeapdumpWriter } from './heapdump-writer.js';
import { refusedOutcome } from './outcome.js';
import { createV8Writer } from './v8-writer.js';
import { defaultLimits, type WatchdogLimits } from './watchdog.js';
import type { CaptureOutcome, CaptureRequest, SnapshotWriter, WriterName } from './writer.js';

export interface SnapshotWritersOptions {
  /** Default `auto`: fork where that works, else V8's stream. */
  readonly writer?: WriterName | 'auto';
  readonly limits?: WatchdogLimits;
  /** Time that a fork's first attempt gives jobs of the collector to end; default 0.3 s. */
  readonly settleSeconds?: number;
  readonly clock?: Clock;
  readonly probe?: ForkProbe;
}

/** Counted since the start. */
export interface CaptureCounts {
  readonly captures: number;
  readonly written: number;
  readonly failed: number;
  readonly retries: number;
  /** Children that the watchdog killed. */
  readonly killed: number;
}

export interface SnapshotWriters {
  /** Which writer is used and why. The first call runs the self-test: half a second, without blocking the event loop. */
  choice(): Promise<WriterChoice>;
  /** The same if it is known already; starts no test. */
  knownChoice(): WriterChoice | undefined;
  /**
   * Takes one snapshot with the chosen writer, or the one that is named. The caller ensures that only one runs in this
   * process. Never rejects; fails with `TIDEMARK_ERR_SNAPSHOT_UNAVAILABLE` where the writer does not work, and with the
   * other codes of the area SNAPSHOT.
   */
  capture(request: CaptureRequest & { readonly writer?: WriterName }): Promise<CaptureOutcome>;
  counts(): CaptureCounts;
  /** Ends a self-test under way. */
  close(): void;
}

const SETTLE_SECONDS = 0.3;

export function createSnapshotWriters(options: SnapshotWritersOptions = {}): SnapshotWriters {
  const { writer: option = 'auto', limits = defaultLimits, clock = systemClock } = options;
  const { probe = createForkProbe(), settleSeconds = SETTLE_SECONDS } = options;
  const counts = { captures: 0, written: 0, failed: 0, retries: 0, killed: 0 };
  const collector = createCollector();
  const collect = (): void => void collector.collect();

  async function writerOf(name: WriterName): Promise<SnapshotWriter | TidemarkError> {
    if (name === 'v8') return createV8Writer({ clock, limits });
    if (name === 'heapdump') {
      const addon = probe.native();
      return addon.loaded
        ? createHeapdumpWriter({ native: addon.native, clock, limits })
        : unavailable(addon);
    }
    const support = await probe.support();
    if (!support.usable) return unavailable(support);
    const flags = createGcFlags(support.switches);
    return createForkWriter({ native: support.native, flags, collect, clock, limits, settleSeconds });
  }

  const needsSupport = option === 'auto' || option === 'fork';
  const choice = async (): Promise<WriterChoice> =>
    chooseWriter(option, needsSupport ? await probe.support() : undefined);

  function count({ outcome, attempts }: CaptureOutcome): void {
    counts.captures += 1;
    counts[outcome] += 1;
    counts.retries += Math.max(0, attempts.length - 1);
    for (const attempt of attempts) {
      if (attempt.outcome === 'failed' && (attempt.fault === 'stalled' || attempt.fault === 'overdue')) {
        counts.killed += 1;
      }
    }
  }

  return {
    choice,
    knownChoice() {
      const support = probe.known();
      return support === undefined && needsSupport ? undefined : chooseWriter(option, support);
    },
    async capture(request) {
      const name = request.writer ?? (await choice()).writer;
      const writer = await writerOf(name);
      const outcome =
        writer instanceof TidemarkError ? refusedOutcome(name, writer) : await writer.capture(request);
      count(outcome);
      return outcome;
    },
    counts: () => ({ ...counts }),
    close: () => probe.close(),
  };
}

function unavailable({
  reason,
  detail,
}: {
  readonly reason: string;
  readonly detail: string;
}): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_SNAPSHOT_UNAVAILABLE', { reason: `${reason} (${detail})` });
}
