// Stands for the entry of the command line, which is not needed to try one command.
import { redactCommand } from '../../src/cli/redact.js';

process.exitCode = await redactCommand(process.argv.slice(2));
