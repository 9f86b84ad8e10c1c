/** The containers' health check: exits 0 if the URL given as argument answers successfully within two seconds. */
const { TIDEMARK_SERVER_PORT: port = '3000', TIDEMARK_PREFIX: prefix = '' } = process.env;
const url = process.argv[2] ?? `http://127.0.0.1:${port}${prefix}/health`;

try {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
