import { Command, Option } from 'commander';

/** A command with `--json`, which all of them have. */
export function command(usage: string, summary: string): Command {
  return new Command(usage)
    .summary(summary)
    .description(summary)
    .addOption(new Option('--json', 'print one JSON document on stdout'));
}

/** A command that talks to a running service. */
export function serviceCommand(usage: string, summary: string): Command {
  return command(usage, summary)
    .option('--url <address>', 'where the service is (LEDGER_URL; http://127.0.0.1:3000)')
    .option('--actor <name>', 'whom changes are recorded under (LEDGER_ACTOR; local)');
}

/** A command that opens the log itself. */
export function logCommand(usage: string, summary: string): Command {
  return command(usage, `${summary}, without a service`).option(
    '--log <log>',
    'the log to read: embedded:DIR (default: that of LEDGER_HOME)',
  );
}
