import type { NextStep } from '../next-step.js';
import type { ChartData } from './chart.js';

export interface Column {
  readonly name: string;
  readonly align: 'left' | 'right';
}

/** Columns of words, and of figures. */
export const left = (name: string): Column => ({ name, align: 'left' });
export const right = (name: string): Column => ({ name, align: 'right' });

export interface ReportTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of the report before it has a format. */
export type Block =
  | { readonly kind: 'title'; readonly text: string }
  | { readonly kind: 'headline'; readonly text: string; readonly tone: 'bad' | 'unsure' | 'good' }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly table: ReportTable }
  | { readonly kind: 'code'; readonly lines: readonly string[] }
  | { readonly kind: 'commands'; readonly steps: readonly NextStep[] }
  | { readonly kind: 'chart'; readonly data: ChartData };
