import type { Pool, PoolClient } from 'pg';

// Everything is found by key. A plan made while a table was small must not scan it once it is not.
const BEGIN = 'BEGIN; SET LOCAL synchronous_commit = off; SET LOCAL enable_seqscan = off';

/**
 * Runs `work` in a transaction whose commit does not wait for the disk: what a crash loses of it is
 * read again from the log, because the checkpoint is lost with it. Rejects with what `work` or the
 * database rejected with; the connection is then closed, so that nothing of it is left.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  // A connection lost between two statements emits 'error', which nobody else listens for.
  let lost: Error | undefined;
  const onError = (error: Error) => {
    lost = error;
  };
  client.on('error', onError);
  let failure: Error | undefined;
  try {
    await client.query(BEGIN);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.removeListener('error', onError);
    client.release(failure ?? lost);
  }
}
