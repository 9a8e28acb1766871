import type { Command } from 'commander';
import { dateOrInstant, uuid } from '#libs/contracts';
import { instantRange, isPlainDate } from '#libs/domain';
import { CliError, wrongUsage } from '../exit.js';
import { openLogToRead } from '../log/open-log.js';
import { replayAll, type Replayed, replayIncident } from '../log/replay-log.js';
import { figuresText } from '../terminal/figures.js';
import { print } from '../terminal/output.js';
import { logCommand } from './common.js';

interface Flags {
  json?: true;
  log?: string;
  all?: true;
  until?: string;
}

export function replayCommand(): Command {
  return logCommand('replay', 'fold one incident, or all, from the log alone')
    .argument('[id]', "the incident's id")
    .option('--all', 'every incident')
    .option('--until <time>', 'as recorded by then: an instant, or a date (its end, UTC)')
    .action(async (id: string | undefined, flags: Flags) => {
      if ((id === undefined) === (flags.all !== true))
        throw wrongUsage('replay: give an incident id, or --all.');
      const until = untilOf(flags.until);
      const log = openLogToRead(flags.log);
      try {
        if (id === undefined) await printAll(replayAll(log, until), flags.json === true);
        else {
          const parsed = uuid.safeParse(id);
          if (!parsed.success)
            throw wrongUsage(`replay: ${id} is not a UUID, as incident ids are.`);
          const replayed = await replayIncident(log, parsed.data, until);
          if (!replayed)
            throw new CliError(
              1,
              'incident-absent',
              `No incident ${parsed.data} is in ${log.dir}${until === undefined ? '' : `, as recorded by ${until}`}.`,
            );
          print({ json: replayed, text: textOf(replayed) }, flags.json === true);
        }
      } finally {
        await log.close();
      }
    });
}

function untilOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!dateOrInstant.safeParse(text).success)
    throw wrongUsage(
      `--until ${text}: a date (2024-11-11) or an instant with its offset (2024-11-11T12:00:00Z) is wanted.`,
    );
  const { to } = instantRange(text);
  return new Date(isPlainDate(text) ? to - 1 : to).toISOString();
}

/** One at a time, so that memory does not grow with the ledger. */
async function printAll(all: AsyncIterable<Replayed>, asJson: boolean): Promise<void> {
  let count = 0;
  for await (const replayed of all) {
    const text = asJson
      ? `${count === 0 ? '[\n' : ',\n'}${JSON.stringify(replayed)}`
      : `${replayed.incidentId}  ${String(replayed.version).padStart(4)}  ${replayed.state.status.padEnd(9)}  ${replayed.state.title}\n`;
    count += 1;
    if (!process.stdout.write(text))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
  if (asJson) process.stdout.write(count === 0 ? '[]\n' : '\n]\n');
  else process.stderr.write(`${String(count)} incidents\n`);
}

function textOf({ incidentId, version, state, casualties, disputed, ...r }: Replayed): string {
  return [
    state.title,
    `  id        ${incidentId}, version ${String(version)} at ${r.position}`,
    `  status    ${state.status}${disputed ? ', disputed' : ''}, grade ${state.grade}`,
    `  kind      ${state.kind}`,
    `  occurred  ${JSON.stringify(state.occurred)}`,
    `  place     ${JSON.stringify(state.location)}`,
    ...figuresText(casualties.figures).map((line) => `  ${line}`),
    `  claims    ${String(state.claims.length)}`,
    `  recorded  ${r.firstRecordedAt} to ${r.lastRecordedAt}`,
  ].join('\n');
}
