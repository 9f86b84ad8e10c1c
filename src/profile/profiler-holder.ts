import { createRequire } from 'node:module';

/** Signs of another user of V8's sampling heap profiler. */
export interface HolderSigns {
  /** Options of Node, from the command line and NODE_OPTIONS. */
  readonly nodeOptions: readonly string[];
  /** Files of the CommonJS modules that are loaded. */
  readonly loadedFiles: readonly string[];
  /** Whether a debugger can attach. Its address is a secret: who knows it can run code here. */
  readonly inspectable: boolean;
}

/** Packages that keep the sampling heap profiler of V8 running. */
const AGENTS = [
  '@datadog/pprof',
  '@pyroscope/nodejs',
  '@google-cloud/profiler',
  '@splunk/otel',
  'pprof',
  'heap-profile',
];

/** Describes what probably holds the sampling heap profiler; V8 does not say who started it. */
export function describeHolder({ nodeOptions, loadedFiles, inspectable }: HolderSigns): string {
  if (nodeOptions.some((option) => /^--heap-prof(=|$)/.test(option))) {
    return '--heap-prof holds the sampling heap profiler of V8 until the process ends';
  }
  const agents = agentsAmong(loadedFiles);
  const taken = 'another inspector session is already sampling this isolate';
  if (agents.length > 0) return `${taken}, possibly ${agents.join(' or ')}`;
  if (inspectable) return `${taken}; Node runs with --inspect, so it may be a debugger`;
  return `${taken} (a profiler agent or a debugger)`;
}

/** Packages among these files that use the sampling heap profiler. */
function agentsAmong(loadedFiles: readonly string[]): readonly string[] {
  const paths = loadedFiles.map((file) => file.replaceAll('\\', '/'));
  return AGENTS.filter((name) => paths.some((file) => file.includes(`/node_modules/${name}/`)));
}

function loadedFiles(): readonly string[] {
  return Object.keys(createRequire(import.meta.url).cache);
}

/** Packages of this process that may take the sampling heap profiler or stop it. ES modules are not seen. */
export function loadedAgents(): readonly string[] {
  return agentsAmong(loadedFiles());
}

/** {@link describeHolder} of this process. */
export function profilerHolder(): string {
  const inspector = process.getBuiltinModule('node:inspector');
  return describeHolder({
    nodeOptions: [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)],
    loadedFiles: loadedFiles(),
    inspectable: inspector.url() !== undefined,
  });
}
