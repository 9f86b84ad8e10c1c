#!/usr/bin/env node
import { runCommandLine } from './command.js';
import { redactCommand } from './redact.js';

// Whoever reads may stop early: `tidemark analyze x | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const [command, ...rest] = process.argv.slice(2);
process.exitCode =
  command === 'redact'
    ? await redactCommand(rest)
    : await runCommandLine(process.argv.slice(2), {
        stdout: (text) => process.stdout.write(text),
        stderr: process.stderr,
      });
