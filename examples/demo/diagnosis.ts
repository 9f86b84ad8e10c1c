import { firstRoute, type LeakAnswer, type RouteSuspect, type SiteSuspect } from './answer.js';
import { bytes, count, duration, estimate, percent } from './units.js';

const MEANING: Readonly<Record<string, string>> = {
  leaking: 'memory is retained and goes on being retained',
  growing: 'memory is retained; whether it is a leak or something that fills is not decided yet',
  'native-growth': 'memory outside the JavaScript heap grows',
  filling: 'a bounded store or a warm-up is approaching its plateau',
  'load-following': 'memory in use goes up and down with the work in hand',
  churning: 'much garbage is made, but none of it stays',
  fragmented: 'far more memory is held than is in use, without growing',
  stable: 'nothing grows',
  'insufficient-data': 'not enough has been seen to say',
};

/** The diagnosis in words, one finding per line, with commands for further investigation. Ends with a line break. */
export function diagnosisText(answer: LeakAnswer): string {
  const findings: [string, string | undefined][] = [
    ['Verdict', verdict(answer)],
    ['Seen', seen(answer)],
    ['Undecided', undecided(answer)],
    ['Growth', growth(answer)],
    ['Route', route(firstRoute(answer.suspects))],
    ...(answer.suspects?.sites ?? []).slice(0, 3).map((found): [string, string] => ['Line', site(found)]),
    ['Exhaustion', exhaustion(answer)],
    ...(answer.ruledOut ?? []).map((out): [string, string] => [
      'Ruled out',
      `${out.verdict}: ${out.because}`,
    ]),
  ];
  const lines = findings.flatMap(([label, text]) =>
    text === undefined ? [] : [`${label.padEnd(11)} ${text}`],
  );
  return `${[...lines, ...next(answer)].join('\n')}\n`;
}

function verdict({ verdict, confidence }: LeakAnswer): string {
  const sure = confidence === undefined ? '' : ` with a confidence of ${percent(confidence)}`;
  return `${verdict}${sure}: ${MEANING[verdict] ?? 'a class of verdict that this demo does not know'}`;
}

function seen({ window, signal }: LeakAnswer): string | undefined {
  if (window === undefined) return undefined;
  const seconds = (Date.parse(window.to) - Date.parse(window.from)) / 1_000;
  const judged = signal === undefined ? '' : `, judged on ${signal}`;
  return `${duration(seconds)}, ${count(window.requests)} requests, ${count(window.majorGcs)} major GCs${judged}`;
}

function undecided({ missing, readyInSeconds, decidedAt }: LeakAnswer): string | undefined {
  if (decidedAt !== undefined) return `to be decided at ${decidedAt}`;
  if (missing === undefined) return undefined;
  const what = typeof missing === 'string' ? missing : missing.join(', ');
  return `missing ${what}${readyInSeconds === undefined ? '' : `; ready in ${duration(readyInSeconds)}`}`;
}

function growth({ growth }: LeakAnswer): string | undefined {
  const said = [
    growth?.bytesPerSecond && `${estimate(growth.bytesPerSecond, bytes)} a second`,
    growth?.bytesPerRequest && `${estimate(growth.bytesPerRequest, bytes)} a request, over all routes`,
  ].filter((part) => part !== undefined);
  return said.length === 0 ? undefined : said.join('; ');
}

function route(suspect: RouteSuspect | undefined): string | undefined {
  if (suspect === undefined) return undefined;
  const { route, bytesPerRequest, share, collinearWith = [] } = suspect;
  return [
    route,
    bytesPerRequest && `keeps ${estimate(bytesPerRequest, bytes)} a request`,
    share !== undefined && `${percent(share)} of the growth`,
    collinearWith.length > 0 && `cannot be told apart from ${collinearWith.join(', ')}`,
  ]
    .filter((part) => typeof part === 'string')
    .join(', ');
}

function site({ function: name, file, line, growthBytes, share }: SiteSuspect): string {
  return [
    `${file}:${line} in ${name || '(anonymous)'}`,
    growthBytes && `grew by ${estimate(growthBytes, bytes)}`,
    share !== undefined && `${percent(share)} of what stays`,
  ]
    .filter((part) => typeof part === 'string')
    .join(', ');
}

function exhaustion({ exhaustion, limit }: LeakAnswer): string | undefined {
  if (exhaustion === undefined) return undefined;
  const met = limit === undefined ? '' : `, at the limit of ${bytes(limit.bytes)} (${limit.source})`;
  return `in ${estimate(exhaustion.inSeconds, duration)}, at ${exhaustion.at}${met}`;
}

function next({ next }: LeakAnswer): string[] {
  if (next === undefined || next.length === 0) return [];
  const commands = next.flatMap(({ why, curl, cost }) => {
    const pause = cost?.pauseMs ? ` (pauses the server for about ${cost.pauseMs} ms)` : '';
    return [`  ${why}${pause}`, `    ${curl}`];
  });
  return ['', 'To look further:', ...commands];
}
