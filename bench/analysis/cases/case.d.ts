export interface Answer {
  totalBytes: number;
  classes: { name: string; count: number; retainedBytes: number }[];
}

/** Reads the snapshot, computes retained sizes, and returns those of the given classes. */
export type Analyze = (file: string, classes: readonly string[]) => Promise<Answer>;
