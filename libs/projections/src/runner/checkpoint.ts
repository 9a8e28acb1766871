import type { From, Place } from '#libs/event-log';
import type { PoolClient } from 'pg';

/** Another projector of the same generation moved the checkpoint: go on from where it stands. */
export class CheckpointLostError extends Error {
  override readonly name = 'CheckpointLostError';
  readonly code = 'checkpoint-lost';
  readonly retryable = true;
  constructor(partition: number) {
    super(`partition ${String(partition)}: another projector moved the checkpoint`);
  }
}

export interface CheckpointKey {
  generation: string;
  partition: number;
}

/** Where the generation stands in the partition; makes the row when there is none. */
export async function readCheckpoint(client: PoolClient, key: CheckpointKey): Promise<From> {
  const values = [key.generation, key.partition];
  await client.query(
    `INSERT INTO ledger.checkpoint (generation, partition) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    values,
  );
  const { rows } = await client.query<{ offset: string | null; hash: string | null }>(
    `SELECT "offset", hash FROM ledger.checkpoint WHERE generation = $1 AND partition = $2`,
    values,
  );
  const { offset = null, hash = null } = rows[0] ?? {};
  return offset === null || hash === null ? 'beginning' : { offset, hash };
}

/**
 * Moves the checkpoint from one place to another; the row stays locked until the transaction ends,
 * so a second projector waits, then finds it moved. `endedAt`: ms since the epoch of an end of the
 * partition that `to` reaches. Rejects with CheckpointLostError when it is not at `from`.
 */
export async function moveCheckpoint(
  client: PoolClient,
  key: CheckpointKey,
  from: From,
  to: From,
  endedAt: number | undefined,
): Promise<void> {
  const [before, after] = [placeColumns(from), placeColumns(to)];
  const { rowCount } = await client.query({
    name: 'checkpoint.move',
    text: `UPDATE ledger.checkpoint
      SET "offset" = $5, hash = $6, ended_at = GREATEST(ended_at, $7::timestamptz)
      WHERE generation = $1 AND partition = $2
        AND "offset" IS NOT DISTINCT FROM $3::bigint AND hash IS NOT DISTINCT FROM $4::text`,
    values: [
      key.generation,
      key.partition,
      before.offset,
      before.hash,
      after.offset,
      after.hash,
      endedAt === undefined ? null : new Date(endedAt).toISOString(),
    ],
  });
  if (rowCount !== 1) throw new CheckpointLostError(key.partition);
}

function placeColumns(from: From): Place | { offset: null; hash: null } {
  return from === 'beginning' ? { offset: null, hash: null } : from;
}
