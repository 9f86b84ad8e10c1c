import type { ResolvedOptions } from '../../config/options.js';
import type { Sample } from '../../measure/reading.js';
import type { Judgement } from '../../verdict/verdict.js';
import { nextSteps, type StepSource } from '../next-step.js';
import type { HealthAnswer } from './schema.js';

export interface HealthSource extends StepSource {
  readonly options: StepSource['options'] & Pick<ResolvedOptions, 'health' | 'cost'>;
  latest(): Sample;
  judgement(): Judgement | undefined;
}

type Status = HealthAnswer['status'];

/** One status for a probe, one score from 0 to 100 for a dashboard, and their inputs. */
export function buildHealth(source: HealthSource): HealthAnswer {
  const { heap, limit, eventLoop, descriptors } = source.latest();
  const { warningRatio, criticalRatio } = source.options.health;
  const memoryRatio = heap && limit ? heap.usedBytes / limit.bytes : undefined;
  const descriptorRatio = descriptors?.limit ? descriptors.open / descriptors.limit : undefined;
  const verdict = source.judgement()?.verdict;

  const grade = (ratio: number | undefined): Status => {
    if (ratio === undefined || ratio < warningRatio) return 'ok';
    return ratio < criticalRatio ? 'warning' : 'critical';
  };
  const grades: Status[] = [
    grade(memoryRatio),
    grade(descriptorRatio),
    verdict === 'leaking' || verdict === 'native-growth' ? 'warning' : 'ok',
    eventLoop !== undefined && eventLoop.utilization >= source.options.cost.maxEventLoopUtilization
      ? 'warning'
      : 'ok',
  ];
  const status = grades.includes('critical') ? 'critical' : grades.includes('warning') ? 'warning' : 'ok';
  return {
    status,
    score: scoreOf([memoryRatio, descriptorRatio, eventLoop?.utilization], verdict),
    memory: {
      status: grades[0]!,
      ...(heap && { heapUsedBytes: heap.usedBytes }),
      ...(limit && { limitBytes: limit.bytes, limitSource: limit.source }),
      ...(memoryRatio !== undefined && { usedRatio: memoryRatio }),
    },
    ...(eventLoop && {
      eventLoop: { status: grades[3]!, delayP99Ms: eventLoop.delayP99Ms, utilization: eventLoop.utilization },
    }),
    resources: { status: grades[1]!, ...(descriptors && { descriptors }) },
    ...(verdict && { verdict }),
    next: nextSteps(source, ['verdict', 'stats', 'history', 'report']),
  };
}

/** 100 when everything is idle; each pressure subtracts its use beyond half, a leak subtracts 20. */
function scoreOf(ratios: readonly (number | undefined)[], verdict: string | undefined): number {
  const pressure = ratios.reduce<number>(
    (sum, ratio) => sum + Math.max(0, Math.min(1, ratio ?? 0) - 0.5) * 60,
    0,
  );
  const leak = verdict === 'leaking' || verdict === 'native-growth' ? 20 : verdict === 'growing' ? 5 : 0;
  return Math.max(0, Math.round(100 - pressure - leak));
}
