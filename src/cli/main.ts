#!/usr/bin/env node
import { analyze } from './analyze.js';
import { runCommandLine } from './command-line.js';
import { compare } from './compare.js';
import { redact } from './redact.js';

// A reader may stop early: `tidemark analyze x | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCommandLine([analyze, compare, redact], process.argv.slice(2), process);
