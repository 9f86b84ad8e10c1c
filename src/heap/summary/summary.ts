import type { RetainingPath } from '../naming/retaining-path.js';

/** One object that a person can look up: `id` is the number after the @ in Chrome DevTools. */
export interface ObjectSummary {
  readonly id: number;
  readonly kind: string;
  readonly class: string;
  /** More specific than the class: the name of a function, the keys of a plain object. */
  readonly label: string;
  readonly selfBytes: number;
  readonly retainedBytes: number;
}

export interface ClassSummary {
  readonly class: string;
  readonly count: number;
  readonly selfBytes: number;
  /** An instance inside another is not counted twice. */
  readonly retainedBytes: number;
}

export interface SuspectSummary {
  readonly object: ObjectSummary;
  /** What it retains besides other suspects below it, and its share of the heap. */
  readonly accumulatedBytes: number;
  readonly share: number;
  readonly holds: readonly {
    readonly class: string;
    readonly count: number;
    readonly retainedBytes: number;
  }[];
  readonly path?: RetainingPath;
}

export interface CollectionSummary {
  readonly object: ObjectSummary;
  readonly collection: 'Map' | 'Set' | 'Array' | 'object';
  /** At least this many; entries of only small integers are not in a snapshot. */
  readonly entries: number;
  readonly capacity: number;
  readonly path?: RetainingPath;
}

export interface DuplicateStringSummary {
  /** Only if texts may be shown. */
  readonly text?: string;
  /** Bytes of the text in the file; V8's limit is 1,024. */
  readonly length: number;
  readonly count: number;
  readonly bytes: number;
  readonly wastedBytes: number;
  readonly maybeDifferent: boolean;
}

export interface ClosureSummary {
  readonly function: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly count: number;
  readonly selfBytes: number;
}

export interface ContextSummary {
  readonly object: ObjectSummary;
  readonly path?: RetainingPath;
}

/** A part of the dominator tree: its name, what it retains, and its large parts. */
export interface ChartSummary {
  readonly label: string;
  readonly id: number;
  readonly retainedBytes: number;
  readonly children: readonly ChartSummary[];
}

/** The findings on a snapshot, as data for JSON; lists are bounded and give their full length in `…InAll`. */
export interface HeapSummary {
  readonly nodes: number;
  readonly edges: number;
  readonly strings: number;
  /** Everything that the root retains. */
  readonly totalBytes: number;
  readonly kinds: readonly { readonly kind: string; readonly count: number; readonly selfBytes: number }[];
  readonly classes: readonly ClassSummary[];
  readonly classesInAll: number;
  readonly suspects: readonly SuspectSummary[];
  readonly collections: readonly CollectionSummary[];
  readonly duplicateStrings: {
    readonly strings: number;
    readonly bytes: number;
    readonly duplicates: number;
    readonly wastedBytes: number;
    readonly top: readonly DuplicateStringSummary[];
  };
  readonly closures: readonly ClosureSummary[];
  /** Native contexts other than the largest, which is the program itself. */
  readonly contexts: readonly ContextSummary[];
  readonly detached: readonly {
    readonly class: string;
    readonly count: number;
    readonly selfBytes: number;
  }[];
  readonly chart: ChartSummary;
}
