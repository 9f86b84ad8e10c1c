import { buildAnalysis } from '../answers/analysis/build.js';
import type { AnalysisAnswer } from '../answers/analysis/schema.js';
import { buildComparison } from '../answers/comparison/build.js';
import type { ComparisonAnswer } from '../answers/comparison/schema.js';
import { buildOperation, buildOperations, buildPending, type Pending } from '../answers/operations/build.js';
import type { OperationAnswer, OperationsAnswer } from '../answers/operations/schema.js';
import { buildPreflight } from '../answers/preflight/build.js';
import type { PreflightAnswer } from '../answers/preflight/schema.js';
import { buildSnapshot, buildSnapshots } from '../answers/snapshots/build.js';
import type { SnapshotAnswer, SnapshotsAnswer } from '../answers/snapshots/schema.js';
import type { StatsAnswer } from '../answers/stats/schema.js';
import { TidemarkError } from '../base/errors.js';
import type { SnapshotRequest } from '../snapshot/service/capture.js';
import { download, type Download, type DownloadRequest } from '../snapshot/service/download.js';
import type { SnapshotService } from '../snapshot/service/service.js';
import type { WriterName } from '../snapshot/writers/writer.js';

/** `app.tidemark.snapshots`. What takes long is an operation first; asked again after it has ended, there is the answer. */
export interface SnapshotAnswers {
  /** For the statistics; absent where snapshots are off. */
  facts(): StatsAnswer['snapshots'] | undefined;
  preflight(writer?: WriterName): Promise<PreflightAnswer>;
  take(request?: SnapshotRequest): Promise<OperationAnswer>;
  /** @param verify whether to compare the checksums, which reads all files */
  list(verify?: boolean): Promise<SnapshotsAnswer>;
  get(id: string): Promise<SnapshotAnswer>;
  delete(id: string): Promise<void>;
  download(id: string, request: DownloadRequest): Promise<Download>;
  analysis(id: string): Promise<Pending<AnalysisAnswer>>;
  comparison(ids: readonly string[]): Promise<Pending<ComparisonAnswer>>;
  /** The verdict with who holds what grew, once two snapshots have shown it. */
  deepVerdict<V>(verdict: () => V): Promise<Pending<V>>;
  operations(): OperationsAnswer;
  operation(id: string): OperationAnswer;
  cancel(id: string): OperationAnswer;
}

/** Each method throws `TIDEMARK_ERR_FEATURE_OFF` where snapshots are off. */
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
    preflight: async (writer) => buildPreflight(await on().preflight(writer)),
    take: async (request = {}) => buildOperation((await on().take(request)).operation),
    list: async (verify = false) => buildSnapshots(await (await on().store()).list({ verify })),
    get: async (id) => buildSnapshot(await (await on().store()).get(id)),
    delete: async (id) => (await on().store()).delete(id),
    download: async (id, request) => download(await on().store(), id, request),
    analysis: async (id) => buildPending(await on().analysis(id), (found) => buildAnalysis(id, found)),
    comparison: async (ids) =>
      buildPending(await on().comparison(ids), (found) => buildComparison(ids, found)),
    deepVerdict: async (verdict) => buildPending(await on().deep.look(), verdict),
    operations: () => buildOperations(on().operations.list()),
    operation: (id) => buildOperation(on().operations.get(id)),
    cancel: (id) => buildOperation(on().operations.cancel(id)),
  };
}
