import type { Clock } from '../../base/clock.js';
import type { Recorder } from '../../requests/recorder.js';
import { MAX_COUNTED_ROUTES } from '../../verdict/floors/route-counts.js';
import type { RetentionWindows } from '../../profile/windows/windows.js';
import { windowsDuring } from '../../verdict/attribution/window-evidence.js';
import type { Detector } from '../../verdict/detector.js';
import { isRising, type Judgement } from '../../verdict/verdict.js';
import type { StepSource } from '../next-step.js';
import { formatSeconds } from '../render/units.js';
import { whyNeverAWindow, whyNoWindow, type WindowAvailability } from '../retention/availability.js';
import type { Limitation, Suspects } from './schema.js';

/** Possible sources of a verdict, besides the floors. */
export interface LimitationSource extends StepSource, WindowAvailability {
  readonly options: StepSource['options'] & WindowAvailability['options'];
  readonly clock: Clock;
  readonly windows:
    (NonNullable<WindowAvailability['windows']> & Pick<RetentionWindows, 'results'>) | undefined;
  readonly recorder:
    | (Pick<Recorder, 'completed' | 'dropped'> & {
        readonly routes: Pick<Recorder['routes'], 'size' | 'dropped'>;
      })
    | undefined;
  readonly detector: Pick<Detector, 'points' | 'disturbances'> | undefined;
  failures(): Readonly<Record<string, number>>;
}

/** Without probes, floors come at random; one from a minute ago is as good as new. */
const FRESH_SECONDS = 60;

/**
 * What is missing behind a verdict, one sentence each. Refusals and failures are always listed, disabled parts only
 * where they would have helped.
 *
 * @param suspects those that the verdict names
 */
export function limitationsOf(
  source: LimitationSource,
  judgement: Judgement,
  suspects: Suspects | undefined,
): readonly Limitation[] {
  return [
    ...limitation('profile', profileLimitation(source, judgement, suspects)),
    ...limitation('windows', windowLimitation(source, suspects)),
    ...requestLimitations(source, judgement),
    ...probeLimitations(source, judgement),
    ...limitation('probes', undecided(source, judgement)),
    ...timeLimitations(source, judgement),
  ];
}

function limitation(part: Limitation['part'], because: string | undefined): Limitation[] {
  return because === undefined ? [] : [{ part, because }];
}

function profileLimitation(
  { profile, windows, clock }: LimitationSource,
  judgement: Judgement,
  suspects: Suspects | undefined,
): string | undefined {
  const lost = 'no line can be named, and no retention window can show which requests leave memory behind';
  if (profile === undefined) return isRising(judgement) ? `profile.enabled is false: ${lost}` : undefined;
  if (!profile.running) return `${profile.refusal ?? 'The sampling does not run'}: ${lost}`;
  if (!isRising(judgement) || (suspects?.sites.length ?? 0) > 0 || windows === undefined) return undefined;
  if (windowsDuring(judgement, windows.results, clock).length > 0) return undefined;
  return 'no retention window was opened since the growth began: no line can be named yet';
}

/** Only if a window would help: memory rises, and no window has found the cause. */
function windowLimitation(source: LimitationSource, suspects: Suspects | undefined): string | undefined {
  if (suspects === undefined || suspects.routes.some(({ evidence }) => evidence === 'window'))
    return undefined;
  if (whyNeverAWindow(source) !== undefined || source.windows?.open !== undefined) return undefined;
  const reason = whyNoWindow(source);
  return reason === undefined ? undefined : `no retention window can be opened now: ${reason}`;
}

function requestLimitations({ recorder }: LimitationSource, judgement: Judgement): Limitation[] {
  const rises = isRising(judgement);
  const isJudged = judgement.verdict !== 'insufficient-data';
  if (recorder === undefined) {
    return isJudged
      ? limitation('requests', 'requests.enabled is false: neither growth per request nor a route is known')
      : [];
  }
  const requests = isJudged ? judgement.window.requests : recorder.completed;
  const { routes, dropped } = recorder;
  return [
    ...limitation('requests', requests <= 0 ? withoutTraffic(rises, isJudged) : undefined),
    ...limitation(
      'routes',
      rises && routes.dropped > 0
        ? `${routes.dropped} routes came after requests.maxRoutes and share one entry: none of them can be named`
        : undefined,
    ),
    ...limitation(
      'routes',
      rises && routes.size > MAX_COUNTED_ROUTES
        ? `floors are compared with the requests of the first ${MAX_COUNTED_ROUTES} routes: later ones are named by stacks only`
        : undefined,
    ),
    ...limitation(
      'requests',
      isJudged && dropped > 0
        ? `${dropped} requests found too many in flight and were not recorded: growth per request may be too high`
        : undefined,
    ),
  ];
}

function withoutTraffic(rises: boolean, isJudged: boolean): string {
  if (!isJudged) return 'no request has been answered: what requests leave behind has not been seen';
  return rises
    ? 'no request was answered in the window: it grows without traffic, and no route can be named'
    : 'no request was answered in the window: what requests leave behind has not been seen';
}

function probeLimitations(source: LimitationSource, { verdict }: Judgement): Limitation[] {
  const { options, budget, clock, detector, expectedCosts, failures } = source;
  if (options.verdict.gcProbe === 'off') {
    if (verdict === 'insufficient-data') {
      return limitation(
        'probes',
        'verdict.gcProbe is off: floors come from the major GCs of V8 only, in its own time',
      );
    }
    const newest = detector?.points.at(-1);
    const seconds = newest === undefined ? 0 : (clock.wall() - newest.atMs) / 1000;
    const isOld = seconds > FRESH_SECONDS;
    return limitation(
      'probes',
      isOld
        ? `verdict.gcProbe is off and the newest floor is ${formatSeconds(seconds)} old: what came since is not judged`
        : undefined,
    );
  }
  const paid = budget.canSpend(expectedCosts().gcPauseMs);
  const failed = failures()['probe'] ?? 0;
  return [
    ...limitation(
      'probes',
      paid.ok
        ? undefined
        : `the pause budget has no room for a GC of our own before ${formatSeconds(paid.retryAfterSeconds)} are over`,
    ),
    ...limitation('probes', failed > 0 ? `${failed} GCs of our own failed, as the log says` : undefined),
  ];
}

/** A verdict changes only with a floor; if nothing is collected for long, the horizon ends unnoticed. */
function undecided({ clock }: LimitationSource, judgement: Judgement): string | undefined {
  if (judgement.verdict !== 'growing' || judgement.decidedAtMs === undefined) return undefined;
  if (judgement.decidedAtMs >= clock.wall()) return undefined;
  return 'no floor has come since the fill horizon ended: gc=1 makes one';
}

/** Of the window, or of everything seen if there is none. */
function timeLimitations({ detector }: LimitationSource, judgement: Judgement): Limitation[] {
  const fromMs = 'window' in judgement ? judgement.window.fromMs : (detector?.points[0]?.atMs ?? Infinity);
  return (detector?.disturbances ?? [])
    .filter(({ atMs }) => atMs >= fromMs)
    .flatMap(({ kind, atMs, byMs }) => {
      const at = new Date(atMs).toISOString();
      const by = formatSeconds(Math.abs(byMs) / 1000);
      return limitation(
        'time',
        kind === 'gap'
          ? `the process stood still for ${by} until ${at}: that time counts as none, in rates and in how long a rise lasts`
          : `the wall clock moved ${byMs < 0 ? 'back' : 'on'} by ${by} at ${at}: what was before is told by the clock of now`,
      );
    });
}
