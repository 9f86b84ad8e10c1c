import type { ErrorDetail } from '../base/errors.js';
import { problem } from './check.js';
import type { ResolvedOptions } from './options.js';

/** A condition on several values; checked only if each of them is valid by itself. */
interface Relation {
  /** The paths it reads; a problem is reported at the first of them that was set. */
  readonly paths: readonly [string, ...string[]];
  /** Undefined if it holds, otherwise the value to show and what is expected. */
  readonly fault: (options: ResolvedOptions) => { value: unknown; expected: string } | undefined;
}

const relations: readonly Relation[] = [
  {
    paths: ['health.criticalRatio', 'health.warningRatio'],
    fault: ({ health: { warningRatio, criticalRatio } }) =>
      criticalRatio > warningRatio
        ? undefined
        : {
            value: `criticalRatio ${criticalRatio}, warningRatio ${warningRatio}`,
            expected: 'health.criticalRatio to be greater than health.warningRatio',
          },
  },
  {
    paths: ['snapshots.nearHeapLimit', 'snapshots.allowRaw'],
    fault: ({ snapshots: { nearHeapLimit, allowRaw } }) =>
      nearHeapLimit === 0 || allowRaw
        ? undefined
        : {
            value: nearHeapLimit,
            expected: '0, or snapshots.allowRaw to be true: V8 writes without redaction',
          },
  },
  {
    paths: ['metrics.durationBucketsSeconds'],
    fault: ({ metrics: { durationBucketsSeconds: bounds } }) =>
      bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? 0))
        ? undefined
        : { value: bounds.join(', '), expected: 'strictly increasing bounds' },
  },
  {
    paths: ['metrics.path', 'prefix', 'metrics.enabled'],
    fault: ({ prefix, metrics }) => {
      const taken = ['/health', '/memory', '/debug/pprof'].map((path) => prefix + path);
      const clashes = taken.some((path) => metrics.path === path || metrics.path.startsWith(`${path}/`));
      if (!metrics.enabled || !clashes) return undefined;
      return {
        value: metrics.path,
        expected: `a metrics.path outside the diagnostic routes ${taken.join(', ')}`,
      };
    },
  },
];

/**
 * The problems between values.
 * @param faulty paths whose value is already refused
 * @param origins the source of each value that is not a default: the path itself, or a variable
 */
export function checkRelations(
  options: ResolvedOptions,
  faulty: ReadonlySet<string>,
  origins: ReadonlyMap<string, string>,
): ErrorDetail[] {
  return relations.flatMap(({ paths, fault }) => {
    if (paths.some((path) => faulty.has(path))) return [];
    const found = fault(options);
    if (found === undefined) return [];
    const set = paths.find((path) => origins.has(path)) ?? paths[0];
    return [problem(origins.get(set) ?? set, found.value, found.expected)];
  });
}
