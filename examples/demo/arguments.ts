import { parseArgs } from 'node:util';

export interface DemoArguments {
  /** Exit after the diagnosis, even on a terminal. */
  once: boolean;
  /** Serve the shop without its planted leak, and expect no allegation. */
  healthy: boolean;
  /** Maximum time under load before the current diagnosis is used. */
  seconds: number;
  /** Requests a second, on average. */
  rate: number;
  /** Port of the shop; 0 picks any free port. */
  port: number;
}

export type ParsedArguments =
  { kind: 'run'; arguments: DemoArguments } | { kind: 'help' } | { kind: 'wrong'; message: string };

export const USAGE = `Usage: npm run demo -- [options]

Starts a shop with a leak planted in one of its routes, drives traffic through it and prints Tidemark's diagnosis.

  --once        end after the diagnosis; exit 0 only if the planted route and line were named
  --healthy     serve the shop without the leak; exit 0 only if nothing is alleged
  --seconds N   longest time under load, 10 to 3600 (default 120)
  --rate N      requests a second, 1 to 1000 (default 150)
  --port N      port of the shop, 0 to 65535 (default 0: any that is free)
  --help        this text
`;

const FLAGS = {
  once: { type: 'boolean', default: false },
  healthy: { type: 'boolean', default: false },
  seconds: { type: 'string', default: '120' },
  rate: { type: 'string', default: '150' },
  port: { type: 'string', default: '0' },
  help: { type: 'boolean', default: false },
} as const;

/** Parses the demo's flags. Returns an error instead of throwing, so that the caller decides how to exit. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  try {
    const { values } = parseArgs({ args: [...argv], options: FLAGS });
    if (values.help) return { kind: 'help' };
    return {
      kind: 'run',
      arguments: {
        once: values.once,
        healthy: values.healthy,
        seconds: integer('--seconds', values.seconds, 10, 3_600),
        rate: integer('--rate', values.rate, 1, 1_000),
        port: integer('--port', values.port, 0, 65_535),
      },
    };
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) };
  }
}

function integer(flag: string, text: string, low: number, high: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  throw new RangeError(`${flag} must be a whole number from ${low} to ${high}, not '${text}'`);
}
