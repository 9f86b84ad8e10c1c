import { isSnapshotId } from './snapshot-id.js';

/** What the one who takes a snapshot knows of it. */
export interface SnapshotDescription {
  /** What took it, for instance `fork`, `v8` or `heapdump`. */
  readonly writer: string;
  /** Why it was taken, for instance `request`. */
  readonly trigger: string;
  readonly redacted: boolean;
  readonly nodeVersion: string;
  /** Of the user: up to 200 printable characters. */
  readonly label?: string;
  /** The verdict when it was taken. */
  readonly verdict?: string;
  /** How long the server stood still for it, milliseconds. */
  readonly pauseMs?: number;
  /** Sum of the nodes' own sizes, bytes. */
  readonly heapBytes?: number;
  readonly nodeCount?: number;
  readonly edgeCount?: number;
}

/** What is known of a stored snapshot. */
export interface SnapshotMetadata extends SnapshotDescription {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Of the `.heapsnapshot`. */
  readonly rawBytes: number;
  /** Of the gzip file. */
  readonly storedBytes: number;
  /** Of the stored bytes, hexadecimal. */
  readonly sha256: string;
}

/** Beyond it a file is no metadata of ours. */
export const MAX_METADATA_BYTES = 16 * 1024;
const FORMAT = 1;

type Fields = Readonly<Record<string, unknown>>;

const isWord = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.:+-]{1,64}$/.test(value);
const isSize = (value: unknown): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isLabel = (value: unknown): boolean => typeof value === 'string' && /^[^\p{C}]{1,200}$/u.test(value);
const isDuration = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

const REQUIRED: Readonly<Record<string, (value: unknown) => boolean>> = {
  writer: isWord,
  trigger: isWord,
  redacted: (value) => typeof value === 'boolean',
  nodeVersion: isWord,
};

const OPTIONAL: Readonly<Record<string, (value: unknown) => boolean>> = {
  label: isLabel,
  verdict: isWord,
  pauseMs: isDuration,
  heapBytes: isSize,
  nodeCount: isSize,
  edgeCount: isSize,
};

const STORED: Readonly<Record<string, (value: unknown) => boolean>> = {
  id: (value) => typeof value === 'string' && isSnapshotId(value),
  createdAt: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  rawBytes: isSize,
  storedBytes: isSize,
  sha256: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
};

/** @returns the first field that is wrong, or undefined */
export function wrongField(description: SnapshotDescription): string | undefined {
  return firstWrong(description as unknown as Fields, REQUIRED, OPTIONAL);
}

function firstWrong(
  fields: Fields,
  required: typeof REQUIRED,
  optional: typeof OPTIONAL,
): string | undefined {
  for (const [key, isRight] of Object.entries(required)) if (!isRight(fields[key])) return key;
  for (const [key, isRight] of Object.entries(optional)) {
    if (fields[key] !== undefined && !isRight(fields[key])) return key;
  }
  return undefined;
}

export function toJson(metadata: SnapshotMetadata): string {
  return `${JSON.stringify({ format: FORMAT, ...metadata }, undefined, 2)}\n`;
}

/** Reads a metadata file, which anybody may have changed. @returns undefined if it is not one that belongs to the id */
export function fromJson(json: string, id: string): SnapshotMetadata | undefined {
  let read: unknown;
  try {
    read = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null) return undefined;
  const fields = read as Fields;
  if (fields['format'] !== FORMAT || fields['id'] !== id) return undefined;
  if (firstWrong(fields, { ...REQUIRED, ...STORED }, OPTIONAL) !== undefined) return undefined;
  const known = [...Object.keys(REQUIRED), ...Object.keys(OPTIONAL), ...Object.keys(STORED)];
  const kept = known.filter((key) => fields[key] !== undefined).map((key) => [key, fields[key]] as const);
  return Object.fromEntries(kept) as unknown as SnapshotMetadata;
}
