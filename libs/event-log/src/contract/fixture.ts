import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { at } from './chain.js';
import type { EventLog, From, LogRecord, LogWriter, Place, StoredEvent } from '../port.js';

/** An opened log under test. */
export interface OpenedLog {
  log: EventLog;
  /** Closes the log and opens the same one again. */
  reopen: () => Promise<EventLog>;
  /** Closes what is open and removes the log. */
  dispose: () => Promise<void>;
}

/** Milliseconds that a test may take, and that `until` waits: Kafka may need to elect a leader. */
export const PATIENCE_MS = 60_000;

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
export const texts = (all: readonly { bytes: Uint8Array }[]): string[] =>
  all.map(({ bytes }) => text(bytes));

/** All events of a partition from a place; checks that the last batch, and only it, is the end. */
export async function readAll(
  log: EventLog,
  partition: number,
  from: From = 'beginning',
  batchSize?: number,
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  let ended = false;
  for await (const batch of log.read(partition, from, batchSize ? { batchSize } : {})) {
    expect(ended).toBe(false);
    events.push(...batch.events);
    ended = batch.atEnd;
  }
  expect(ended).toBe(true);
  return events;
}

/** Appends and gives the places of the events. */
export async function appendTo(writer: LogWriter, batch: readonly LogRecord[]): Promise<Place[]> {
  const offsets = await writer.append(batch);
  expect(offsets).toHaveLength(batch.length);
  return batch.map(({ hash }, i) => ({ hash, offset: at(offsets, i) }));
}

export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await delay(2);
  }
}

/** The code of the LogError, or PlaceLostError, that a promise rejects with. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
  return 'no error';
}

/** Follows a partition in the background. */
export class Follower {
  readonly events: StoredEvent[] = [];
  /** `readAt` of each batch that said it was at the end. */
  readonly ends: number[] = [];
  readonly ended: Promise<void>;
  readonly #abort = new AbortController();

  constructor(log: EventLog, partition: number, from: From = 'beginning') {
    this.ended = this.#run(log, partition, from);
    // a failure is seen by whoever awaits `ended`
    this.ended.catch(() => undefined);
  }

  async #run(log: EventLog, partition: number, from: From): Promise<void> {
    for await (const batch of log.follow(partition, from, { signal: this.#abort.signal })) {
      this.events.push(...batch.events);
      if (batch.atEnd) this.ends.push(batch.readAt);
    }
  }

  async seen(count: number): Promise<StoredEvent[]> {
    const all = until(() => this.events.length >= count, `${String(count)} events were followed`);
    await Promise.race([all, this.ended.then(() => all)]);
    return this.events;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }
}

/** Opens a log for each test of a group and closes it afterwards. */
export function eachLog(open: () => Promise<OpenedLog>): { readonly opened: OpenedLog } {
  let current: OpenedLog | undefined;
  beforeEach(async () => {
    current = await open();
  }, PATIENCE_MS);
  afterEach(async () => {
    await current?.dispose();
    current = undefined;
  }, PATIENCE_MS);
  return {
    get opened() {
      if (!current) throw new Error('there is a log only while a test runs');
      return current;
    },
  };
}
