import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { memoryPanels, retentionPanels, verdictPanels } from './leak-panels.js';
import { datasource } from './panels.js';
import { overheadPanels, pausePanels, requestPanels } from './service-panels.js';

/** The rows, in the order of an operator's questions. */
const rows: readonly (readonly [title: string, panels: () => Builder<Panel>[]])[] = [
  ['Is it leaking, and until when?', verdictPanels],
  ['What is there, what stays, how fast does it grow?', memoryPanels],
  ['Which route keeps it?', retentionPanels],
  ['What does it cost the requests?', pausePanels],
  ['What do clients see?', requestPanels],
  ['What does Tidemark itself cost?', overheadPanels],
];

/** The dashboard. Every panel belongs to the row above it and has its own id. */
export function buildDashboard(): Dashboard {
  const builder = new DashboardBuilder('Tidemark: the memory of a Node server')
    .uid('tidemark')
    .description('Is it leaking, how fast, until when, which route.')
    .tags(['tidemark', 'nodejs', 'memory'])
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([
      new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
      choice('job', 'label_values(memory_heap_used_bytes, job)'),
      choice('instance', 'label_values(memory_heap_used_bytes{job=~"$job"}, instance)'),
    ]);
  let id = 0;
  for (const [title, panels] of rows) {
    builder.withRow(new RowBuilder(title).id((id += 1)));
    for (const panel of panels()) {
      const built = panel.build();
      builder.withPanel({ build: () => ({ ...built, id: (id += 1) }) });
    }
  }
  return builder.build();
}

function choice(name: string, definition: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(name)
    .query(definition)
    .definition(definition)
    .datasource(datasource)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .includeAll(true)
    .multi(true)
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}
