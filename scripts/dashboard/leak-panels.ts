import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { big, course, courseWithLimit, ranking } from './panels.js';
import { of, rate } from './query.js';

/** 500 MB an hour: the growth that the shipped alert rule calls fast. */
const fastGrowthBytesPerSecond = 500e6 / 3600;

const verdictColors: readonly (readonly [verdicts: string, color: string])[] = [
  ['leaking|native-growth', 'red'],
  ['growing', 'orange'],
  ['filling|churning|fragmented', 'yellow'],
  ['stable|load-following', 'green'],
  ['insufficient-data', 'gray'],
];

/** Is it leaking, and until when? */
export function verdictPanels(): Builder<Panel>[] {
  const verdict = big(
    {
      title: 'Verdict',
      description:
        'What /memory/leak-detection says now. "growing" becomes "leaking" after the fill horizon.',
      unit: 'none',
      width: 6,
    },
    ['gray'],
    'no verdict yet',
    { expr: `${of('memory_leak_verdict')} == 1`, legend: '{{verdict}} ({{instance}})', instant: true },
  ).textMode(BigValueTextMode.Name);
  for (const [verdicts, color] of verdictColors) {
    verdict.overrideByRegexp(`/^(${verdicts}) /`, [
      { id: 'color', value: { mode: 'fixed', fixedColor: color } },
    ]);
  }

  return [
    verdict,
    big(
      {
        title: 'Memory lasts for',
        description: 'Until the effective limit is reached, at the present growth.',
        unit: 'dtdurations',
        width: 6,
      },
      ['red', { from: 3600, color: 'orange' }, { from: 86_400, color: 'green' }],
      'no end in sight',
      { expr: of('memory_exhaustion_seconds'), legend: '{{instance}}', instant: true },
    ),
    big(
      {
        title: 'Heap used, of the limit',
        description: 'Of the effective limit: the smaller of the container limit and the heap limit.',
        unit: 'percent',
        width: 6,
      },
      ['green', { from: 70, color: 'orange' }, { from: 90, color: 'red' }],
      'not known',
      { expr: of('memory_heap_percentage'), legend: '{{instance}}' },
    ),
    big(
      {
        title: 'Servers that answer',
        description: 'Scrapes that succeeded, of the chosen servers.',
        unit: 'percentunit',
        width: 6,
      },
      ['red', { from: 1, color: 'green' }],
      'none',
      { expr: `avg(${of('up')})`, legend: 'up', instant: true },
    ),
  ];
}

/** Memory in use, memory retained, and its growth rate. */
export function memoryPanels(): Builder<Panel>[] {
  return [
    course(
      {
        title: 'Heap: used, floor and limit',
        description:
          'The floor is what survives major collections. A rising floor is retention; a sawtooth above a flat floor is not.',
        unit: 'bytes',
        width: 12,
      },
      { expr: of('memory_heap_used_bytes'), legend: 'used {{instance}}' },
      { expr: of('memory_heap_floor_bytes'), legend: 'floor {{instance}}' },
      { expr: of('memory_limit_bytes'), legend: 'limit by {{source}} {{instance}}' },
    ),
    course(
      {
        title: 'Resident set and external',
        description:
          'A resident set that grows while heap and external stay is native: an addon, the allocator, or fragmentation.',
        unit: 'bytes',
        width: 12,
      },
      { expr: of('memory_rss_bytes'), legend: 'resident {{instance}}' },
      { expr: of('memory_external_bytes'), legend: 'external {{instance}}' },
      { expr: of('nodejs_heap_size_total_bytes'), legend: 'heap committed {{instance}}' },
    ),
    courseWithLimit(
      {
        title: 'Growth of the floor',
        description: 'The dashed line is 500 MB an hour, where TidemarkGrowthFast begins.',
        unit: 'binBps',
        width: 12,
      },
      fastGrowthBytesPerSecond,
      { expr: of('memory_growth_bytes_per_second'), legend: '{{instance}}' },
    ),
    course(
      {
        title: 'Verdict over time',
        description: 'Which verdict held when.',
        unit: 'none',
        width: 12,
      },
      { expr: `${of('memory_leak_verdict')} == 1`, legend: '{{verdict}} {{instance}}' },
    ).overrideByRegexp('/.*/', [{ id: 'custom.fillOpacity', value: 40 }]),
  ];
}

/** Which route retains it. */
export function retentionPanels(): Builder<Panel>[] {
  const perRequest = of('memory_route_retained_bytes_per_request');
  const requests = `sum by (job, instance, method, route) (${rate('memory_request_duration_seconds_count')})`;
  return [
    ranking(
      {
        title: 'Bytes kept per request',
        description: 'Estimate: how much of what a request allocates is never freed.',
        unit: 'bytes',
        width: 12,
      },
      { expr: `topk(10, ${perRequest} > 0)`, legend: '{{method}} {{route}}', instant: true },
    ),
    ranking(
      {
        title: 'Bytes kept per second',
        description: 'The same times the rate of requests: the first bar is the route to look at.',
        unit: 'binBps',
        width: 12,
      },
      {
        expr: `topk(10, ${perRequest} * on (job, instance, method, route) ${requests} > 0)`,
        legend: '{{method}} {{route}}',
        instant: true,
      },
    ),
  ];
}
