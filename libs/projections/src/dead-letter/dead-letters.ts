import type { PoolClient } from 'pg';
import type { PlacedEvent } from '../batch.js';
import { insertSql } from '../pg/columns.js';
import { runOnRows } from '../pg/rows.js';
import type { Columns } from '../pg/types.js';

const DEAD_LETTER_COLUMNS = {
  partition: 'int4',
  offset: 'int8',
  subject: 'text',
  event_id: 'uuid',
  type: 'text',
  projection: 'text',
  error: 'text',
  bytes: 'bytea',
} as const satisfies Columns;

/** Streams of a partition that are parked, with the projection that could not go on. */
export type ParkedStreams = Map<string, { offset: string; projection: string }>;

export interface DeadLetter {
  placed: PlacedEvent;
  projection: string;
  error: string;
}

/** Events that could not be applied, and everything behind them in their streams. */
export function deadLetterDdl(schema: string): string[] {
  return [
    `CREATE TABLE ${schema}.dead_letter (
      partition int NOT NULL,
      "offset" bigint NOT NULL,
      subject text NOT NULL,
      event_id uuid NOT NULL,
      type text NOT NULL,
      projection text NOT NULL,
      error text NOT NULL,
      bytes bytea NOT NULL,
      parked_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (partition, "offset")
    )`,
  ];
}

export async function writeDeadLetters(
  client: PoolClient,
  schema: string,
  letters: readonly DeadLetter[],
): Promise<void> {
  const statement = {
    name: `${schema}.dead_letter.insert`,
    columns: DEAD_LETTER_COLUMNS,
    text: insertSql(`${schema}.dead_letter`, DEAD_LETTER_COLUMNS),
  };
  await runOnRows(
    client,
    statement,
    letters.map(({ placed, projection, error }) => ({
      partition: placed.partition,
      offset: placed.offset,
      subject: placed.event.subject,
      event_id: placed.event.id,
      type: placed.event.type,
      projection,
      error,
      bytes: placed.bytes,
    })),
  );
}

/** The streams of a partition that are parked. */
export async function readParked(
  client: PoolClient,
  schema: string,
  partition: number,
): Promise<ParkedStreams> {
  const { rows } = await client.query<{ subject: string; offset: string; projection: string }>(
    `SELECT DISTINCT ON (subject) subject, "offset", projection FROM ${schema}.dead_letter
     WHERE partition = $1 ORDER BY subject, "offset"`,
    [partition],
  );
  return new Map(rows.map(({ subject, ...parked }) => [subject, parked]));
}
