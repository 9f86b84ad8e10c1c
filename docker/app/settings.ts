/** Where the standalone server listens and what it logs. The plugin reads all its own settings itself. */
export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export const defaultSettings: ServerSettings = { host: '127.0.0.1', port: 3000, logLevel: 'info' };

export type SettingsResult =
  | { readonly ok: true; readonly settings: ServerSettings }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads `TIDEMARK_SERVER_*`. Invalid values are never replaced by defaults, but all reported together. */
export function readSettings(env: NodeJS.ProcessEnv): SettingsResult {
  const host = given(env['TIDEMARK_SERVER_HOST']) ?? defaultSettings.host;
  const portText = given(env['TIDEMARK_SERVER_PORT']) ?? String(defaultSettings.port);
  const level = given(env['TIDEMARK_SERVER_LOG_LEVEL']) ?? defaultSettings.logLevel;

  const problems: string[] = [];
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : NaN;
  if (!(port <= 65_535)) {
    problems.push(`TIDEMARK_SERVER_PORT is "${portText}"; expected an integer from 0 to 65535`);
  }
  const logLevel = logLevels.find((known) => known === level);
  if (logLevel === undefined) {
    problems.push(`TIDEMARK_SERVER_LOG_LEVEL is "${level}"; expected one of ${logLevels.join(', ')}`);
  }
  if (problems.length > 0 || logLevel === undefined) return { ok: false, problems };
  return { ok: true, settings: { host, port, logLevel } };
}

/** Compose files and `.env` templates set unknown values to an empty string, which counts as not set. */
function given(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}
