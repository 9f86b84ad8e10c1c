import { parseArgs } from 'node:util';

export const USAGE = `Measures the verdict: every scenario of the corpus as a real server under real traffic.

npm run bench:verdict -- [options]
  --only NAME       scenarios whose family/name contains NAME; may be repeated
  --seconds N       length of a run (default 90)
  --horizon N       fill horizon in seconds (default 45)
  --repeat R        runs of each scenario, each with a seed of its own (default 1)
  --seed S          first seed (default 1)
  --at-once N       scenarios that run at the same time (default 2 for each core)
  --json FILE       write the scores there
  --series FILE     write the recorded runs there, for --replay (.jsonl or .jsonl.gz)
  --replay FILE     judge recorded runs again with the estimators of now; runs nothing
  --windows N       with --replay: also N random windows of each run (default 20)
  --hold-out        with --replay: fit the thresholds without each family in turn, and score it
  --write           put the tables into docs/accuracy.md
  --list            print the scenarios
  --help            print this`;

export interface Settings {
  readonly only: readonly string[];
  readonly seconds: number;
  readonly fillHorizonSeconds: number;
  readonly repeat: number;
  readonly seed: number;
  readonly atOnce: number;
  readonly json?: string;
  readonly series?: string;
  readonly replay?: string;
  readonly windows: number;
  readonly holdOut: boolean;
  readonly write: boolean;
  readonly list: boolean;
}

/** Returns undefined for `--help`. @throws Error that says what is wrong with the command line */
export function parseSettings(given: readonly string[], cores: number): Settings | undefined {
  const { values } = parseArgs({
    args: [...given],
    strict: true,
    options: {
      only: { type: 'string', multiple: true },
      seconds: { type: 'string' },
      horizon: { type: 'string' },
      repeat: { type: 'string' },
      seed: { type: 'string' },
      'at-once': { type: 'string' },
      json: { type: 'string' },
      series: { type: 'string' },
      replay: { type: 'string' },
      windows: { type: 'string' },
      'hold-out': { type: 'boolean' },
      write: { type: 'boolean' },
      list: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return undefined;
  const { json, series, replay } = values;
  return {
    only: values.only ?? [],
    seconds: integer('seconds', values.seconds, 90, 10),
    fillHorizonSeconds: integer('horizon', values.horizon, 45, 5),
    repeat: integer('repeat', values.repeat, 1, 1),
    seed: integer('seed', values.seed, 1, 0),
    atOnce: integer('at-once', values['at-once'], 2 * cores, 1),
    windows: integer('windows', values.windows, 20, 0),
    ...(json !== undefined && { json }),
    ...(series !== undefined && { series }),
    ...(replay !== undefined && { replay }),
    holdOut: values['hold-out'] === true,
    write: values.write === true,
    list: values.list === true,
  };
}

function integer(name: string, text: string | undefined, fallback: number, least: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new Error(`--${name} needs an integer of at least ${least}, got ${text}`);
  }
  return value;
}
