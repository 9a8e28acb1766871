import { createHash } from 'node:crypto';
import { encodeEvent, GENESIS_HASH, LEDGER_STREAM, partitionOf } from '#libs/contracts';
import type { EventDraft } from '#libs/contracts';
import { type EmbeddedLog, openEmbeddedLog, type LogRecord } from '#libs/event-log';
import { isTransient } from '#libs/platform';
import { ensureGeneration, GENERATION, startProjector } from '#libs/projections';
import {
  createTestDatabase,
  type HistoryEvent,
  type TestDatabase,
  tempDir,
  waitFor,
} from '#libs/testing';
import type { Pool } from 'pg';
import { runMigrations } from '../data-source.js';

const LEDGER_ID = '3f0e9a52-6a55-4c9e-8f0c-0d3f3c8f7d10';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** An event that stands in the log. */
export interface Placed {
  partition: number;
  offset: string;
  bytes: Uint8Array;
  eventId: string;
}

export interface ToAppend extends Omit<HistoryEvent, 'incidentId' | 'event'> {
  subject: string;
  event: { type: string; data: unknown };
  /** Events with the same one are of one command. */
  causation?: string;
}

interface OpenLog {
  log: EmbeddedLog;
  dispose(): void;
  heads: Map<number, string>;
  count: number;
}

/** Read models in a database of their own, filled by the real projector from a real log. */
export class LedgerFixture {
  private current: OpenLog | undefined;

  private constructor(private readonly database: TestDatabase) {}

  static async create(): Promise<LedgerFixture> {
    const database = await createTestDatabase();
    await runMigrations(database.url);
    await ensureGeneration(database.pool, { logger: silent });
    return new LedgerFixture(database);
  }

  get pool(): Pool {
    return this.database.pool;
  }

  async close(): Promise<void> {
    await this.closeLog();
    await this.database.drop();
  }

  /** Empties the read models and projects a new log of these events; gives where each stands. */
  async load(events: readonly ToAppend[]): Promise<Placed[]> {
    await this.closeLog();
    const { rows } = await this.pool.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1',
      [GENERATION],
    );
    await this.pool.query(`TRUNCATE ${rows.map((r) => `${GENERATION}.${r.name}`).join(', ')}`);
    await this.pool.query('DELETE FROM ledger.checkpoint');
    const dir = tempDir();
    const log = openEmbeddedLog({ dir: dir.path });
    this.current = {
      log,
      heads: new Map(),
      count: 0,
      dispose: () => {
        dir.dispose();
      },
    };
    return this.append(events);
  }

  /** Appends to the log and projects to its end. */
  async append(events: readonly ToAppend[]): Promise<Placed[]> {
    if (!this.current) throw new Error('load first');
    const placed = await write(this.current, events);
    await this.project();
    return placed;
  }

  /** Appends without projecting. */
  async appendOnly(events: readonly ToAppend[]): Promise<Placed[]> {
    if (!this.current) throw new Error('load first');
    return write(this.current, events);
  }

  /** Projects to the end of the log. */
  async project(): Promise<void> {
    if (!this.current) throw new Error('load first');
    const projector = startProjector({
      log: this.current.log,
      pool: this.pool,
      generation: GENERATION,
      logger: silent,
      isTransient,
    });
    try {
      await waitFor(() => projector.health().every((p) => p.state === 'running' && !p.lagging), {
        what: 'the projector at the end of the log',
        everyMs: 2,
      });
    } finally {
      await projector.stop();
    }
  }

  private async closeLog(): Promise<void> {
    await this.current?.log.close();
    this.current?.dispose();
    this.current = undefined;
  }
}

async function write(open: OpenLog, events: readonly ToAppend[]): Promise<Placed[]> {
  const partitions = new Map<number, { records: LogRecord[]; placed: Placed[] }>();
  const all: Placed[] = [];
  for (const event of events) {
    const partition = partitionOf(event.subject);
    const into = partitions.get(partition) ?? { records: [], placed: [] };
    partitions.set(partition, into);
    const eventId = uuidOf(`event ${String(open.count)}`);
    const prevHash = open.heads.get(partition) ?? GENESIS_HASH;
    const { bytes, hash } = encodeEvent(draftOf(event, eventId, open.count), prevHash);
    open.count += 1;
    open.heads.set(partition, hash);
    into.records.push({ key: event.subject, bytes, prevHash, hash });
    const placed = { partition, offset: '', bytes, eventId };
    into.placed.push(placed);
    all.push(placed);
  }
  for (const [partition, { records, placed }] of partitions) {
    const writer = await open.log.openWriter(partition);
    const offsets = await writer.append(records);
    for (const [i, at] of placed.entries()) at.offset = offsets[i] ?? '';
    await writer.close();
  }
  return all;
}

/** A UUID that is the same for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function draftOf(event: ToAppend, id: string, index: number): EventDraft {
  return {
    id,
    ledgerId: LEDGER_ID,
    subject: event.subject,
    time: event.time,
    streamVersion: event.version,
    recordedBy: 'tester',
    recordedByRole: 'recorder',
    causationId: event.causation ?? `command ${String(index)}`,
    commandHash: '0'.repeat(64),
    correlationId: 'test',
    type: event.event.type,
    data: event.event.data,
  } as EventDraft;
}

/** The ledger's own first event. */
export function ledgerCreated(time: string): ToAppend {
  return {
    subject: LEDGER_STREAM,
    version: 1,
    time,
    event: { type: 'ledger.created', data: { reportedAt: time, ledgerId: LEDGER_ID } },
  };
}
