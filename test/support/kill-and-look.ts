import { waitFor } from '#libs/testing';
import { BulkWriter, type SentCommand, sendAll } from './bulk-writer.js';
import { ledger } from './cli.js';
import { logOf } from './log.js';
import { startService } from './service.js';

export interface RoundReport {
  round: number;
  /** How long the service wrote before it was killed. */
  wroteMs: number;
  acknowledged: number;
  /** Sent, and not known to be written when the service died. */
  inDoubt: number;
  /** Of those: they stood in the log. */
  writtenInDoubt: number;
  events: number;
  seconds: number;
}

/**
 * Kills the service (SIGKILL) at random moments of bulk writing, again and again on the same home,
 * and looks after each time: every acknowledged event is in the log once, `ledger verify` passes.
 * What was in doubt is sent again with its keys after the next start, and is then there once.
 * @throws Error that says what was lost, doubled or invented
 */
export async function killRounds(
  home: string,
  rounds: number,
  onRound: (report: RoundReport) => void = () => undefined,
): Promise<void> {
  let doubtful: SentCommand[] = [];
  const keys = new Set<string>();
  for (let round = 1; round <= rounds; round += 1) {
    const started = Date.now();
    const service = await startService({ home });
    const again = doubtful;
    if (again.length > 0) await sendAll(service.url, again);
    requireAll(again, 'a command that was sent again was not acknowledged');
    const writer = new BulkWriter(service.url).start();
    await waitFor(() => writer.acknowledged.length > 0, { what: 'the first acknowledgement' });
    const wroteMs = await randomMoment(writer);
    await service.kill();
    await writer.stop();
    for (const { key } of writer.sent) keys.add(key);

    const events = await eventsOf(home);
    const acknowledged = [...again, ...writer.acknowledged];
    for (const { eventIds = [], key } of acknowledged) {
      const found = events.byKey.get(key) ?? [];
      if (found.join() !== eventIds.join())
        throw new Error(`${key}: acknowledged ${eventIds.join()}, in the log is ${found.join()}`);
    }
    for (const key of events.byKey.keys())
      if (!keys.has(key)) throw new Error(`${key}: nobody sent it, and it is in the log`);
    const verified = await ledger(['verify', '--json'], { home });
    if (verified.code !== 0) throw new Error(`verify: ${verified.stdout}${verified.stderr}`);
    doubtful = writer.sent.filter((command) => command.eventIds === undefined);
    onRound({
      round,
      wroteMs,
      acknowledged: writer.acknowledged.length,
      inDoubt: doubtful.length,
      writtenInDoubt: doubtful.filter(({ key }) => events.byKey.has(key)).length,
      events: events.count,
      seconds: Math.round((Date.now() - started) / 100) / 10,
    });
  }
}

/** Lets it write for a random while, told by how much was acknowledged: no clock is slept on. */
async function randomMoment(writer: BulkWriter): Promise<number> {
  const started = Date.now();
  const until = started + Math.random() * 1_500;
  await waitFor(() => Date.now() >= until || writer.acknowledged.length > 20_000, {
    everyMs: 1,
    what: 'a random moment',
  });
  return Date.now() - started;
}

function requireAll(commands: readonly SentCommand[], message: string): void {
  const missing = commands.find((command) => command.eventIds === undefined);
  if (missing) throw new Error(`${message}: ${JSON.stringify(missing.line)}`);
}

/** Event ids by the key of the command that wrote them, in the order of the log. */
async function eventsOf(home: string): Promise<{ byKey: Map<string, string[]>; count: number }> {
  const byKey = new Map<string, string[]>();
  let count = 0;
  for (const bytes of (await logOf(home)).flat()) {
    const event = JSON.parse(bytes.toString('utf8')) as {
      id: string;
      causationid: string;
      type: string;
    };
    if (event.type === 'conflict.ledger.created') continue;
    count += 1;
    const ids = byKey.get(event.causationid);
    if (ids) ids.push(event.id);
    else byKey.set(event.causationid, [event.id]);
  }
  return { byKey, count };
}
