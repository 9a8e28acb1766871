import { Command } from 'commander';
import { historyCommand } from './commands/history.js';
import { importCommand } from './commands/import.js';
import { replayCommand } from './commands/replay.js';
import { sampleCommand } from './commands/sample.js';
import { showCommand } from './commands/show.js';
import { statusCommand } from './commands/status.js';
import { verifyCommand } from './commands/verify.js';

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused because of the input, 4 a check found something.`;

/** The command line. Errors are thrown, also commander's own. */
export function createProgram(): Command {
  const program = new Command('ledger')
    .description('Record, import and verify what is said about incidents of armed conflict.')
    .addHelpText('after', EXIT_CODES)
    .showSuggestionAfterError()
    .helpCommand(true);
  for (const command of [
    importCommand(),
    sampleCommand(),
    statusCommand(),
    showCommand(),
    historyCommand(),
    verifyCommand(),
    replayCommand(),
  ])
    program.addCommand(command);
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({
      writeErr: (text) => process.stderr.write(text),
    });
  return program;
}
