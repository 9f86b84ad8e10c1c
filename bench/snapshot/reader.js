import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

// Stands in for the process that redacts and stores: copies the snapshot from standard input to a file.
await pipeline(process.stdin, createWriteStream(process.argv[2] ?? '/dev/null'));
