import { otherHandles } from '../measure/handles.js';
import { labelled, single, type Family } from './family.js';
import { labelsOf } from './labels.js';
import type { MetricsSource } from './source.js';

/** Timers and immediates are resources, but neither libuv handles nor requests. */
const timers: ReadonlySet<string> = new Set(['Timeout', 'Immediate']);
/** Requests in flight without `Req` in the name of their type. */
const unnamedRequests: ReadonlySet<string> = new Set([
  'ShutdownWrap',
  'TCPConnectWrap',
  'PipeConnectWrap',
  'WriteWrap',
  'UDPSendWrap',
]);

type Counts = Readonly<Record<string, number>>;

/** The resources that keep the event loop alive. */
export function resourceMetrics(source: MetricsSource): Family[] {
  const total = (name: string, help: string, read: (counts: Counts) => number | undefined): Family =>
    single(
      name,
      help,
      () => {
        const { handles } = source.latest();
        return handles && read(handles);
      },
      { type: 'unknown' },
    );
  return [
    labelled(
      'nodejs_active_resources',
      'Number of active resources that are currently keeping the event loop alive, grouped by async resource type.',
      () => Object.entries(source.latest().handles ?? {}).map(([type, count]) => [labelsOf({ type }), count]),
    ),
    total('nodejs_active_resources_total', 'Total number of active resources.', (counts) => countOf(counts)),
    total('nodejs_active_handles_total', 'Total number of active handles.', (counts) =>
      countKnown(counts, (type) => !timers.has(type) && !isRequest(type)),
    ),
    total('nodejs_active_requests_total', 'Total number of active requests.', (counts) =>
      countKnown(counts, isRequest),
    ),
  ];
}

function isRequest(type: string): boolean {
  return type.includes('Req') || unnamedRequests.has(type);
}

/** Unknown where rare types were counted together. */
function countKnown(counts: Counts, belongs: (type: string) => boolean): number | undefined {
  return counts[otherHandles] === undefined ? countOf(counts, belongs) : undefined;
}

function countOf(counts: Counts, belongs: (type: string) => boolean = () => true): number {
  return Object.entries(counts).reduce((sum, [type, count]) => (belongs(type) ? sum + count : sum), 0);
}
