import { buildAnalysis } from '../answers/analysis/build.js';
import type { AnalysisAnswer } from '../answers/analysis/schema.js';
import { buildComparison } from '../answers/comparison/build.js';
import type { ComparisonAnswer } from '../answers/comparison/schema.js';
import { buildOperation, buildPending, type Pending } from '../answers/operations/build.js';
import type { OperationAnswer } from '../answers/operations/schema.js';
import { buildPreflight } from '../answers/preflight/build.js';
import type { PreflightAnswer } from '../answers/preflight/schema.js';
import { buildSnapshot, buildSnapshots } from '../answers/snapshots/build.js';
import type { SnapshotAnswer, SnapshotsAnswer } from '../answers/snapshots/schema.js';
import type { StatsAnswer } from '../answers/stats/schema.js';
import { featureOff } from '../base/errors.js';
import type { SnapshotRequest } from '../snapshot/service/capture.js';
import type { SnapshotService } from '../snapshot/service/service.js';
import type { WriterName } from '../snapshot/writers/writer.js';

/**
 * `app.tidemark.snapshots`. Long work first returns an operation; called again after its end, it returns the answer.
 */
export interface SnapshotAnswers {
  preflight(writer?: WriterName): Promise<PreflightAnswer>;
  take(request?: SnapshotRequest): Promise<OperationAnswer>;
  /** @param verify whether to compare the checksums, which reads all files */
  list(verify?: boolean): Promise<SnapshotsAnswer>;
  get(id: string): Promise<SnapshotAnswer>;
  delete(id: string): Promise<void>;
  analysis(id: string): Promise<Pending<AnalysisAnswer>>;
  comparison(ids: readonly string[]): Promise<Pending<ComparisonAnswer>>;
}

/** Each method throws `TIDEMARK_ERR_FEATURE_OFF` if snapshots are off. */
export function createSnapshotAnswers(service: SnapshotService | undefined): SnapshotAnswers {
  const on = (): SnapshotService => {
    if (service === undefined) throw featureOff('snapshots.enabled');
    return service;
  };

  return {
    preflight: async (writer) => buildPreflight(await on().preflight(writer)),
    take: async (request = {}) => buildOperation((await on().take(request)).operation),
    list: async (verify = false) => buildSnapshots(await (await on().store()).list({ verify })),
    get: async (id) => buildSnapshot(await (await on().store()).get(id)),
    delete: async (id) => (await on().store()).delete(id),
    analysis: async (id) => buildPending(await on().analysis(id), (found) => buildAnalysis(id, found)),
    comparison: async (ids) =>
      buildPending(await on().comparison(ids), (found) => buildComparison(ids, found)),
  };
}

/** How snapshots are written and their results so far, for the statistics. */
export function snapshotFacts(service: SnapshotService): NonNullable<StatsAnswer['snapshots']> {
  const { writer, reason = 'being tested; ask again' } = service.choice() ?? {};
  return { ...(writer && { writer }), reason, ...service.counts() };
}
