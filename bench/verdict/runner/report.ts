import { VERDICT_NAMES } from '../../../src/verdict/verdict.js';
import { median } from '../../../src/statistics/quantile.js';
import type { RetentionWindowsUse } from '../server-messages.js';
import type { HeldOut } from './fit.js';
import type { WindowTally } from './replay.js';
import type { Score } from './score.js';
import { namesWrongly, precision, recall, shareOf, type Proportion, type Summary } from './summary.js';

/** The summary as Markdown, with the failures named. */
export function reportText(summary: Summary): string {
  return [
    ...targets(summary),
    '',
    '## What named the routes',
    '',
    ...namings(summary),
    '',
    '## Beside the usual rules, on the same runs',
    '',
    ...detectors(summary),
    '',
    '## Confusion matrix',
    '',
    ...confusion(summary),
    '',
    '## Reliability of the confidence',
    '',
    ...reliability(summary),
    '',
    '## Every run',
    '',
    ...everyRun(summary),
    '',
    '## What failed',
    '',
    ...failures(summary),
  ].join('\n');
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)];
}

const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`);
const counted = (one: Proportion): string => `${percent(shareOf(one))} (${one.right} of ${one.of})`;
const seconds = (value: number | undefined): string => {
  if (value === undefined) return '–';
  return Number.isFinite(value) ? value.toFixed(0) : 'never';
};
const kibibytes = (value: number | undefined): string =>
  value === undefined ? '–' : (value / 1024).toFixed(0);

/** The leak rate of 200 requests a second at 1 KiB each. */
const FAST_BYTES_PER_SECOND = 200 * 1024;

const signalOf = ({ signalSeconds = Number.POSITIVE_INFINITY }: Score): number => signalSeconds;

const delayOf = ({ afterHorizonSeconds }: Score): readonly number[] =>
  afterHorizonSeconds === undefined ? [] : [afterHorizonSeconds];

function targets({ scores, detections, classes, routes, wrongRoutes, sites, bytes }: Summary): string[] {
  const own = detections[0]!;
  const leaks = scores.filter(({ isLeak }) => isLeak);
  const fast = leaks.filter(({ leakedBytesPerSecond = 0 }) => leakedBytesPerSecond >= FAST_BYTES_PER_SECOND);
  return table(
    ['', 'measured', 'aim'],
    [
      ['precision', percent(precision(own)), '≥ 98 %'],
      ['recall', percent(recall(own)), '≥ 98 %'],
      ['innocents ever called leaking', `${own.falseAlarms} of ${own.innocents}`, '0'],
      ['class right', counted(classes), '≥ 95 %'],
      ['route right', counted(routes), '≥ 98 %'],
      ['another route named instead', `${wrongRoutes.right} of ${wrongRoutes.of}`, '0'],
      ['line among the first three sites', counted(sites), '≥ 98 %'],
      ['bytes per request within 20 %', counted(bytes), '≥ 90 %'],
      [
        `seconds to the first right signal, median and worst, of ${fast.length} leaks of 200 KiB/s and more`,
        medianAndWorst(fast.map(signalOf)),
        '≤ 60',
      ],
      ['the same of all leaks', medianAndWorst(leaks.map(signalOf)), ''],
      [
        'seconds from the horizon to the verdict, median and worst, of the same fast leaks',
        medianAndWorst(fast.flatMap(delayOf)),
        '≤ 30',
      ],
      ['the same of all leaks', medianAndWorst(leaks.flatMap(delayOf)), '≤ 30'],
    ],
  );
}

function medianAndWorst(values: readonly number[]): string {
  return values.length === 0 ? '–' : `${seconds(median(values))} and ${seconds(Math.max(...values))}`;
}

function detectors({ detections }: Summary): string[] {
  return table(
    ['detector', 'leaks found', 'innocents alleged', 'precision', 'recall'],
    detections.map((one) => [
      one.name,
      `${one.found} of ${one.leaks}`,
      `${one.falseAlarms} of ${one.innocents}`,
      percent(precision(one)),
      percent(recall(one)),
    ]),
  );
}

function confusion({ confusion }: Summary): string[] {
  const given = VERDICT_NAMES.filter((name) => [...confusion.values()].some((one) => one.has(name)));
  return table(
    ['label \\ verdict', ...given],
    VERDICT_NAMES.filter((name) => confusion.has(name)).map((name) => [
      name,
      ...given.map((verdict) => confusion.get(name)?.get(verdict) ?? ''),
    ]),
  );
}

function reliability({ reliability }: Summary): string[] {
  return table(
    ['confidence', 'mean', 'right'],
    reliability.map(({ from, to, meanConfidence, ...one }) => [
      `${from.toFixed(2)} to ${Math.min(to, 1).toFixed(2)}`,
      meanConfidence.toFixed(2),
      counted(one),
    ]),
  );
}

function namings({ namings, everWrongRoutes, scores }: Summary): string[] {
  const used = scores.flatMap(({ retentionWindows }) => retentionWindows ?? []);
  const routes = namings.reduce((sum, one) => sum + one.routes.of, 0);
  return [
    ...table(
      ['evidence', 'routes named', 'right', 'bytes per request within 20 %'],
      namings.map((one) => [
        one.evidence,
        counted({ right: one.routes.of, of: routes }),
        counted(one.routes),
        counted(one.bytes),
      ]),
    ),
    '',
    `Of ${everWrongRoutes.right} of ${everWrongRoutes.of} leaks some answer, at any time, named another route first.`,
    ...windowsUsed(used),
  ];
}

function windowsUsed(used: readonly RetentionWindowsUse[]): string[] {
  if (used.length === 0) return [];
  const windows = used.map(({ count }) => count);
  const hooks = used.map(({ hooksSeconds }) => hooksSeconds);
  return [
    `Retention windows in a run, median and most: ${median(windows).toFixed(0)} and ${Math.max(...windows)}; seconds with promise hooks: ${median(hooks).toFixed(1)} and ${Math.max(...hooks).toFixed(1)}.`,
  ];
}

const mark = (right: boolean | undefined): string => (right === undefined ? '' : right ? 'yes' : '**no**');

/** A route that is missing leaves the reader to search; a wrong one sends them astray. */
function routeMark({ routeRight, named }: Score): string {
  if (routeRight !== false) return mark(routeRight);
  return namesWrongly(named) ? '**wrong**' : '**missing**';
}

function everyRun({ scores }: Summary): string[] {
  return table(
    [
      'scenario',
      'seed',
      'label',
      'verdict',
      'class',
      'route',
      'named by',
      'line',
      'bytes/request',
      'signal s',
      'leaks KiB/s',
      'after horizon s',
      'windows',
      'hooks s',
    ],
    scores.map((score) => [
      `${score.family}/${score.name}`,
      score.seed,
      score.expected,
      score.final,
      mark(score.classRight),
      routeMark(score),
      [...new Set(score.named.map(({ evidence }) => evidence ?? ''))].join(', '),
      mark(score.siteRight),
      score.bytesErrors.map((error) => `${error >= 0 ? '+' : ''}${(100 * error).toFixed(0)} %`).join(', '),
      seconds(score.signalSeconds),
      kibibytes(score.leakedBytesPerSecond),
      seconds(score.afterHorizonSeconds),
      score.retentionWindows?.count ?? '',
      score.retentionWindows?.hooksSeconds.toFixed(1) ?? '',
    ]),
  );
}

function failures({ scores }: Summary): string[] {
  const lines = scores.flatMap((score) => {
    const said = failureOf(score);
    return said.length === 0
      ? []
      : [`- ${score.family}/${score.name}, seed ${score.seed}: ${said.join('; ')}`];
  });
  return lines.length === 0 ? ['Nothing.'] : lines;
}

function failureOf(score: Score): string[] {
  const bytes = score.bytesErrors.filter((error) => Math.abs(error) > 0.2);
  return [
    ...(score.isLeak && !score.alleged ? ['the leak was not called one'] : []),
    ...(!score.isLeak && score.alleged ? ['alleged although innocent'] : []),
    ...(score.classRight ? [] : [`${score.final} instead of ${score.expected}`]),
    ...(score.routeRight === false ? [namesWrongly(score.named) ? 'wrong route' : 'route missing'] : []),
    ...(score.wrongAnswers > 0 && !namesWrongly(score.named) ? ['named a wrong route in between'] : []),
    ...(score.siteRight === false ? ['line not among the first three'] : []),
    ...(bytes.length > 0 ? ['bytes per request off by more than 20 %'] : []),
  ];
}

type Count = (read: (one: HeldOut) => number) => number;

export function heldOutText(families: readonly HeldOut[]): string {
  const all: Count = (read) => families.reduce((sum, one) => sum + read(one), 0);
  return table(
    ['held-out family', 'class right', 'leaks found', 'innocents alleged', 'thresholds of the others'],
    [
      ...families.map((one) => heldOutRow(one.family, (read) => read(one), chosenText(one))),
      heldOutRow('all', all, ''),
    ],
  ).join('\n');
}

function heldOutRow(name: string, count: Count, chosen: string): string[] {
  return [
    name,
    `${count((one) => one.classRight)} of ${count((one) => one.runs)}`,
    `${count((one) => one.found)} of ${count((one) => one.leaks)}`,
    `${count((one) => one.alleged)} of ${count((one) => one.innocents)}`,
    chosen,
  ];
}

function chosenText({ thresholds }: HeldOut): string {
  return Object.entries(thresholds)
    .map(([name, value]) => `${name} ${Math.round(value * 100) / 100}`)
    .join(', ');
}

/** The runs judged by the current rules; routes and lines are those answered during the runs. */
export function againText(summary: Summary): string {
  const { detections, classes } = summary;
  const own = detections[0]!;
  const told = `The same runs, judged again by the rules as they are now: precision ${percent(precision(own))}, recall ${percent(recall(own))}, ${own.falseAlarms} of ${own.innocents} innocents alleged, class right ${counted(classes)}. Their confidence:`;
  return [told, '', ...reliability(summary)].join('\n');
}

export function windowsText({ leaks, found, innocents, alleged }: WindowTally): string {
  return `Judged on ${leaks + innocents} random windows of the same runs: ${found} of ${leaks} windows of leaks seen to rise, ${alleged} of ${innocents} windows of innocents alleged.`;
}
