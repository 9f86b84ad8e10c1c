import { defaultSettings, logLevels } from './settings.js';

export const help = `Usage: npm start [-- --help]

A Fastify server with the Tidemark plugin and nothing else.

Settings are environment variables; a file .env in the working directory is read first,
and what is set in the real environment wins over it.

  TIDEMARK_SERVER_HOST       address to listen on (default ${defaultSettings.host})
  TIDEMARK_SERVER_PORT       port to listen on, 0 for any free one (default ${defaultSettings.port})
  TIDEMARK_SERVER_LOG_LEVEL  ${logLevels.join(', ')} (default ${defaultSettings.logLevel})

All other TIDEMARK_* variables are the plugin's options; .env.example lists them.
`;

/** The first commands to try, in the order of an operator's questions. Each is shown only if its route exists. */
const firstQuestions: readonly { readonly suffix: string; readonly query: string }[] = [
  { suffix: '/health', query: '' },
  { suffix: '/memory/leak-detection', query: '?format=text' },
  { suffix: '/memory/stats', query: '?format=text' },
  { suffix: '/memory/routes', query: '?format=text' },
  { suffix: '/metrics', query: '' },
];

/**
 * The lines printed once the server listens.
 *
 * @param address what `app.listen()` returned
 * @param routes URLs of all GET routes the server has
 * @param managementUrl where the diagnostics are, if they have their own address
 */
export function banner(address: string, routes: readonly string[], managementUrl?: string): string {
  const commands: string[] = [];
  for (const { suffix, query } of firstQuestions) {
    const url = routes.find((route) => route.endsWith(suffix));
    if (url !== undefined) commands.push(`  curl -s '${address}${url}${query}'`);
  }
  const heading = `Tidemark listens on ${address}`;
  if (managementUrl !== undefined) commands.unshift(`  curl -s '${managementUrl}/health'`);
  return `${heading}; try:\n${commands.join('\n')}\n`;
}

/** One line for the person who started the server; the stack is for debugging. */
export function failure(error: unknown): string {
  if (!(error instanceof Error)) return `tidemark: ${String(error)}`;
  const code: unknown = 'code' in error ? error.code : undefined;
  const hint = hints[String(code)];
  // A message with several problems has one line for each; log collectors expect a single line.
  const [head = '', ...problems] = error.message.split(/:?\s*\n[\s-]*/);
  const message = problems.length === 0 ? head : `${head}: ${problems.join('; ')}`;
  return hint === undefined ? `tidemark: ${message}` : `tidemark: ${message}; ${hint}`;
}

const hints: Readonly<Record<string, string>> = {
  EADDRINUSE: 'stop what uses the port or set TIDEMARK_SERVER_PORT',
  EACCES: 'choose a port above 1023 with TIDEMARK_SERVER_PORT, or fix the permissions',
  EADDRNOTAVAIL: 'this machine has no such address; set TIDEMARK_SERVER_HOST',
  ENOTFOUND: 'no such host; set TIDEMARK_SERVER_HOST',
};
