import { hash } from 'node:crypto';
import path from 'node:path';
import { open } from 'lmdb';
import { emptyStream, evolveOn, openRecorder, type CommandRequest } from '#libs/recording';
import { decodeEvent, parseCloudEvent } from '#libs/contracts';
import { openEmbeddedLog } from '#libs/event-log';
import type { DomainEvent } from '#libs/domain';
import { importRows, loadFile, reportsWithClaims } from '../lib/data.js';
import { cost, type Cost, median, progress } from '../lib/measure.js';
import type { SuiteContext } from './suite.js';

const COMMANDS = 10_000;
const ROUNDS = 7;
const PER_TRANSACTION = 1_000;

/** Sends commands through a new recorder as a bulk request does; gives what it cost. */
export async function recordAll(
  requests: readonly CommandRequest[],
  dir: string,
): Promise<{ took: Cost; logDir: string }> {
  const logDir = path.join(dir, 'log');
  const log = openEmbeddedLog({ dir: logDir });
  const recorder = await openRecorder({ log, dir: path.join(dir, 'state') });
  const answers: Promise<{ kind: string }>[] = [];
  const took = await cost(async () => {
    for (const request of requests) {
      await recorder.room(request.streamId);
      answers.push(recorder.submit(request));
    }
    for (const { kind } of await Promise.all(answers))
      if (kind !== 'accepted') throw new Error(`a command was answered ${kind}`);
  });
  await recorder.close();
  await log.close();
  return { took, logDir };
}

interface Ceiling {
  /** Without their hashes. */
  events: object[];
  states: [string, unknown][];
}

/** What the log holds, as plain values ready to be written again. */
export async function readAll(logDir: string): Promise<Ceiling> {
  const log = openEmbeddedLog({ dir: logDir, readOnly: true });
  const events: object[] = [];
  const states: [string, unknown][] = [];
  for (let partition = 0; partition < log.partitions; partition += 1)
    for await (const batch of log.read(partition, 'beginning'))
      for (const { bytes } of batch.events) {
        const { hash: _, ...event } = parseCloudEvent(bytes);
        events.push(event);
        const { type, data, subject } = decodeEvent(bytes);
        states.push([subject, evolveOn(emptyStream(subject), { type, data } as DomainEvent)]);
      }
  await log.close();
  return { events, states };
}

/**
 * The ceiling: the same events through JSON.stringify and SHA-256, one durable LMDB transaction per
 * 1,000, and as many states in another, written as the engine's are (no fsync of its own).
 */
async function writeCeiling({ events, states }: Ceiling, dir: string): Promise<Cost> {
  const settings = {
    compression: false,
    overlappingSync: false,
    eventTurnBatching: false,
  } as const;
  const log = open<Buffer, number>({
    path: path.join(dir, 'events.mdb'),
    encoding: 'binary',
    pageSize: 8192,
    ...settings,
  });
  const store = open<string, string>({
    path: path.join(dir, 'states.mdb'),
    encoding: 'string',
    noSync: true,
    ...settings,
  });
  const took = await cost(() => {
    for (let from = 0; from < events.length; from += PER_TRANSACTION) {
      const to = Math.min(from + PER_TRANSACTION, events.length);
      log.transactionSync(() => {
        for (let i = from; i < to; i += 1) {
          const text = JSON.stringify(events[i]);
          const hashed = `{"hash":"${hash('sha256', text, 'hex')}",${text.slice(1)}`;
          log.putSync(i, Buffer.from(hashed));
        }
      });
      store.transactionSync(() => {
        for (const [id, state] of states.slice(from, to)) store.putSync(id, JSON.stringify(state));
      });
    }
  });
  await log.close();
  await store.close();
  return took;
}

/** The workload through engine and ceiling in turn; adds its figures. */
async function compare(
  { work, figures }: SuiteContext,
  workload: string,
  requests: readonly CommandRequest[],
): Promise<void> {
  const engine: Cost[] = [];
  const ceiling: Cost[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const { took, logDir } = await recordAll(requests, work.fresh('engine'));
    const least = await writeCeiling(await readAll(logDir), work.fresh('ceiling'));
    const [a, b] = [took, least].map((c) => (COMMANDS / c.seconds).toFixed(0));
    progress(`${workload}, round ${String(round)}: engine ${a ?? ''}/s, ceiling ${b ?? ''}/s`);
    if (round === 0) continue;
    engine.push(took);
    ceiling.push(least);
  }
  const rate = (costs: readonly Cost[]): number => median(costs.map((c) => COMMANDS / c.seconds));
  figures.ratio(
    {
      workload,
      metric: 'rate',
      unit: 'events/s',
      value: rate(engine),
      baseline: rate(ceiling),
    },
    { atLeast: 0.5 },
  );
  const perThousand = (costs: readonly Cost[]): number =>
    median(costs.map((c) => (c.cpuSeconds * 1e6) / COMMANDS));
  figures.add(workload, 'CPU', 'ms/1,000 events', perThousand(engine), perThousand(ceiling));
}

/** Bulk commands through the recording engine, durable, against the ceiling. */
export async function append(context: SuiteContext): Promise<void> {
  const file = await loadFile(context.work.path);
  context.figures.note(
    `${String(COMMANDS)} commands, one event each; rows of ${file.description}; engine and ceiling ` +
      `in turn, medians of ${String(ROUNDS)} rounds after a warm-up`,
  );
  await compare(context, 'bulk import rows', await importRows(file, COMMANDS));
  await compare(context, 'bulk reports', reportsWithClaims(COMMANDS, 1).flat());
}
