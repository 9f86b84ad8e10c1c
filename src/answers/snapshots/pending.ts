import { TidemarkError } from '../../base/errors.js';
import type { CurlTarget } from '../curl-step.js';
import type { StatsAnswer } from '../stats/schema.js';
import { operationView, operationsView } from '../operations/build.js';
import { analysisView, comparisonView, preflightView, snapshotsView, snapshotView } from './build.js';
import type { WriterName } from '../../snapshot/writers/writer.js';
import { download, type Download, type DownloadRequest } from '../../snapshot/service/download.js';
import type { SnapshotRequest } from '../../snapshot/service/capture.js';
import type { SnapshotService } from '../../snapshot/service/service.js';
import type { LongAnswer } from '../../snapshot/service/long-answers.js';

type Answer = Record<string, unknown>;

/** An answer, or the operation that finds it and where that can be asked. */
export type Pending =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'operation'; readonly id: string; readonly answer: Answer };

/** The answers of everything about snapshots and operations; each throws `TIDEMARK_ERR_FEATURE_OFF` where they are off. */
export interface SnapshotAnswers {
  /** For the statistics; absent where snapshots are off. */
  facts(): StatsAnswer['snapshots'];
  preflight(writer: WriterName | undefined, target: CurlTarget): Promise<Answer>;
  take(request: SnapshotRequest, target: CurlTarget): Promise<Pending>;
  list(verify: boolean, target: CurlTarget): Promise<Answer>;
  get(id: string, target: CurlTarget): Promise<Answer>;
  delete(id: string): Promise<void>;
  download(id: string, request: DownloadRequest): Promise<Download>;
  analysis(id: string, target: CurlTarget): Promise<Pending>;
  comparison(ids: readonly string[], target: CurlTarget): Promise<Pending>;
  /** The verdict with who holds what grew, once two snapshots have told. */
  deepVerdict(verdict: () => Answer, target: CurlTarget): Promise<Pending>;
  operations(target: CurlTarget): Answer;
  operation(id: string, target: CurlTarget): Answer;
  cancel(id: string, target: CurlTarget): Answer;
}

export function createSnapshotAnswers(service: SnapshotService | undefined): SnapshotAnswers {
  const on = (): SnapshotService => {
    if (service !== undefined) return service;
    throw new TidemarkError('TIDEMARK_ERR_FEATURE_OFF', { reason: 'snapshots.enabled is false' });
  };

  return {
    facts() {
      if (service === undefined) return undefined;
      const { writer, reason = 'being tested; ask again' } = service.choice() ?? {};
      return { ...(writer && { writer }), reason, ...service.counts() };
    },
    preflight: async (writer, target) => preflightView(await on().preflight(writer), target),
    async take(request, target) {
      const { operation } = await on().take(request);
      return { kind: 'operation', id: operation.id, answer: operationView(operation, target) };
    },
    list: async (verify, target) => snapshotsView(await (await on().store()).list({ verify }), target),
    get: async (id, target) => snapshotView(await (await on().store()).get(id), target),
    delete: async (id) => (await on().store()).delete(id),
    download: async (id, request) => download(await on().store(), id, request),
    analysis: async (id, target) =>
      pending(await on().analysis(id), target, (summary) => analysisView(id, summary, target)),
    comparison: async (ids, target) =>
      pending(await on().comparison(ids), target, (found) => comparisonView(ids, found, target)),
    deepVerdict: async (verdict, target) => pending(await on().deep.look(), target, verdict),
    operations: (target) => operationsView(on().operations.list(), target),
    operation: (id, target) => operationView(on().operations.get(id), target),
    cancel: (id, target) => operationView(on().operations.cancel(id), target),
  };
}

function pending<T>(found: LongAnswer<T>, target: CurlTarget, view: (answer: T) => Answer): Pending {
  if (found.state === 'ready') return { kind: 'answer', answer: view(found.answer) };
  const { operation } = found;
  return { kind: 'operation', id: operation.id, answer: operationView(operation, target) };
}
