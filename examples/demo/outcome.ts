import type { PlantedLeak } from '../shop/planted.js';
import { firstRoute, type LeakAnswer, type SiteSuspect } from './answer.js';
import type { TrafficCounts } from './traffic.js';

export interface Outcome {
  ok: boolean;
  /** One sentence per finding. */
  because: string[];
}

/** A site counts as named if it is among this many first ones. */
const SITES_READ = 3;

/** Whether the diagnosis names the planted leak: the verdict, the first route and one of the first sites. */
export function judgeLeaking(answer: LeakAnswer, planted: PlantedLeak): Outcome {
  const route = firstRoute(answer.suspects)?.route;
  const sites = (answer.suspects?.sites ?? []).slice(0, SITES_READ);
  const rank = sites.findIndex((site) => isPlanted(site, planted));
  const findings: [boolean, string, string][] = [
    [answer.verdict === 'leaking', 'The leak was found.', `The verdict is ${answer.verdict}, not leaking.`],
    [
      route === planted.route,
      `The planted route was named: ${planted.route}.`,
      `The first route named is ${route ?? 'none'}, not ${planted.route}.`,
    ],
    [
      rank >= 0,
      `The planted function was named, as site ${rank + 1}: ${planted.function} in ${planted.file}.`,
      `The sites named are ${sites.map(({ file, line }) => `${file}:${line}`).join(', ') || 'none'}, ` +
        `not ${planted.file}:${planted.lines.first} to ${planted.lines.last}.`,
    ],
  ];
  return {
    ok: findings.every(([found]) => found),
    because: findings.map(([found, right, wrong]) => (found ? right : wrong)),
  };
}

const ALLEGATIONS: ReadonlySet<string> = new Set(['leaking', 'growing', 'native-growth']);

/** Whether a healthy shop was not accused: no allegation at the end, and no leak alleged on the way. */
export function judgeHealthy(answer: LeakAnswer, verdictsOnTheWay: ReadonlySet<string>): Outcome {
  if (ALLEGATIONS.has(answer.verdict)) {
    return { ok: false, because: [`The shop is healthy, but the verdict is ${answer.verdict}.`] };
  }
  if (verdictsOnTheWay.has('leaking')) {
    return { ok: false, because: ['The shop is healthy, but was said to be leaking on the way.'] };
  }
  // No allegation is right, but it does not prove health and must not read as if it did.
  if (answer.verdict === 'insufficient-data') {
    return {
      ok: false,
      because: ['Nothing was alleged, but nothing was decided either: too little was seen.'],
    };
  }
  return { ok: true, because: [`Nothing was alleged: the verdict is ${answer.verdict}.`] };
}

/** Share of failed requests above which a run proves nothing: a server that only returns errors does not leak either. */
const FAILURES_ENDURED = 0.01;

/** The outcome of a run under its traffic; a run with failed requests proves nothing. */
export function underTraffic(
  { ok, because }: Outcome,
  { answered, failed, lastFailure }: TrafficCounts,
): Outcome {
  if (failed === 0 && answered > 0) return { ok, because };
  const credible = failed <= FAILURES_ENDURED * answered && answered > 0;
  const complaint = `${failed} of ${answered + failed} requests failed, the last one so: ${lastFailure ?? 'not at all'}`;
  return { ok: ok && credible, because: [...because, complaint] };
}

function isPlanted({ file, line }: SiteSuspect, { file: truth, lines }: PlantedLeak): boolean {
  return (file === truth || file.endsWith(`/${truth}`)) && line >= lines.first && line <= lines.last;
}
