export interface Answer {
  totalBytes: number;
  classes: { name: string; count: number; retainedBytes: number }[];
}

/** Reads the snapshot, finds retained sizes, and answers for those classes. */
export type Analyze = (file: string, classes: readonly string[]) => Promise<Answer>;
