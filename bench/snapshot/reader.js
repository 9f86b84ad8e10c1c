import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

// Stands for the process that redacts and stores: takes the snapshot from its standard input to a file.
await pipeline(process.stdin, createWriteStream(process.argv[2] ?? '/dev/null'));
