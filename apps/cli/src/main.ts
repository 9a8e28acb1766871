import { endOf } from './exit.js';
import { createProgram } from './program.js';

// Whoever reads our output may stop reading: `ledger replay --all | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await createProgram().parseAsync();
} catch (error) {
  const { exitCode, code, message, said } = endOf(error);
  if (exitCode !== 0 && process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: { code, message, exitCode } }, null, 2)}\n`);
  if (!said) process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
