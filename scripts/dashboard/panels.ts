import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { query, type Line } from './query.js';

export const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Properties of every panel. `width` is in columns, of which a row has 24. */
export interface PanelText {
  readonly title: string;
  /** What the numbers mean and what to do about them; shown in the panel's corner. */
  readonly description: string;
  readonly unit: string;
  readonly width: number;
}

/** From `value` upwards the colour is `color`; the first step has no value and applies below all others. */
export type Steps = readonly [base: string, ...steps: readonly { from: number; color: string }[]];

function thresholds([base, ...steps]: Steps): ThresholdsConfigBuilder {
  const list: Threshold[] = [{ value: null, color: base }];
  for (const { from, color } of steps) list.push({ value: from, color });
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(list);
}

/** A large single number. */
export function big(text: PanelText, steps: Steps, noValue: string, ...lines: Line[]): stat.PanelBuilder {
  return new stat.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .span(text.width)
    .height(5)
    .datasource(datasource)
    .noValue(noValue)
    .thresholds(thresholds(steps))
    .colorMode(common.BigValueColorMode.Background)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .targets(lines.map(query));
}

/** A time series. */
export function course(text: PanelText, ...lines: Line[]): timeseries.PanelBuilder {
  return new timeseries.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .span(text.width)
    .height(8)
    .datasource(datasource)
    .lineWidth(1)
    .fillOpacity(5)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi))
    .targets(lines.map(query));
}

/** A time series with a dashed line at the threshold of an alert. */
export function courseWithLimit(text: PanelText, limit: number, ...lines: Line[]): timeseries.PanelBuilder {
  return course(text, ...lines)
    .colorScheme({ build: () => ({ mode: FieldColorModeId.PaletteClassic }) })
    .thresholds(thresholds(['transparent', { from: limit, color: 'red' }]))
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
}

/** A ranking in descending order. */
export function ranking(text: PanelText, ...lines: Line[]): bargauge.PanelBuilder {
  return new bargauge.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .span(text.width)
    .height(8)
    .min(0)
    .datasource(datasource)
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .colorScheme({ build: () => ({ mode: FieldColorModeId.ContinuousGrYlRd }) })
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .targets(lines.map(query));
}
