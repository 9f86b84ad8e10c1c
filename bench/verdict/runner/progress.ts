import type { Entry } from '../catalogue.js';
import type { RunRecord } from './record.js';
import { scoreRun, type Score } from './score.js';
import { namesWrongly } from './summary.js';

export interface Progress {
  ended(run: RunRecord): void;
  failed(entry: Entry, error: unknown): void;
}

function routeText({ routeRight, named }: Score): string {
  if (routeRight === true) return 'route right';
  return namesWrongly(named) ? 'ROUTE WRONG' : 'ROUTE MISSING';
}

function evidenceText({ named }: Score): string {
  const evidence = [...new Set(named.flatMap((one) => one.evidence ?? []))];
  return evidence.length === 0 ? '' : ` by ${evidence.join(' and ')}`;
}

/** One line for each finished run, with its result. */
export function createProgress(total: number, seconds: number, atOnce: number): Progress {
  let done = 0;
  console.log(
    `${total} runs of ${seconds} s, ${atOnce} at once: about ${Math.ceil(((total / atOnce) * (seconds + 8)) / 60)} minutes`,
  );
  const count = (): string => `${String((done += 1)).padStart(3)}/${total}`;
  return {
    ended(run) {
      const score = scoreRun(run);
      const errors = score.bytesErrors.map((error) => `${(100 * error).toFixed(0)} %`).join(' ');
      const route = score.routeRight === undefined ? '' : `, ${routeText(score)}${evidenceText(score)}`;
      const site = score.siteRight === undefined ? '' : score.siteRight ? ', line right' : ', LINE WRONG';
      const verdict = score.classRight ? score.final : `${score.final}, EXPECTED ${score.expected}`;
      const falsely = !score.isLeak && score.alleged ? ', FALSELY ALLEGED' : '';
      const windows = score.retentionWindows ? `, ${score.retentionWindows.count} windows` : '';
      const unsent = run.unsent > 0 ? `, ${run.unsent} requests unanswered` : '';
      console.log(
        `${count()} ${run.family}/${run.name}: ${verdict}${falsely}${route}${site}${errors && `, bytes ${errors}`}${windows}${unsent}`,
      );
    },
    failed({ family, name }, error) {
      console.log(
        `${count()} ${family}/${name}: did not run: ${error instanceof Error ? error.stack : String(error)}`,
      );
    },
  };
}
