import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { isTransient, Problem } from '#libs/platform';

/** A reader within one snapshot: everything it reads belongs to the same moment. */
export interface Reader {
  rows<R extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<R[]>;
}

/** While the database cannot be used a query is a 503 that may be sent again, not a failure. */
function asProblem(error: unknown): unknown {
  if (!isTransient(error)) return error;
  return new Problem({
    status: 503,
    code: 'database-unavailable',
    title: 'The database is not available',
    detail:
      'Writing goes on; queries answer again as soon as Postgres does. Ask again in a moment.',
    retryAfter: 1,
    cause: error,
  });
}

async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    // The connection is of no more use: the pool must not hand it to the next query.
    return error instanceof Error ? error : new Error(String(error));
  }
}

/**
 * Runs `read` in one read-only REPEATABLE READ transaction, so that merges, checkpoints and rows
 * of one answer fit together. Rejects with a `Problem` 503 while the database cannot be used.
 */
export async function inSnapshot<T>(pool: Pool, read: (reader: Reader) => Promise<T>): Promise<T> {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw asProblem(error);
  }
  let broken: Error | undefined;
  // A connection lost between two statements emits 'error', which nobody else listens for.
  const lost = (error: Error): void => {
    broken = error;
  };
  client.on('error', lost);
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await read({
      async rows<R extends QueryResultRow>(sql: string, values: readonly unknown[] = []) {
        return (await client.query<R>(sql, [...values])).rows;
      },
    });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken ??= await rollBack(client);
    throw asProblem(error);
  } finally {
    client.removeListener('error', lost);
    client.release(broken);
  }
}

/** One statement, outside any transaction. Rejects as `inSnapshot` does. */
export async function queryRows<R extends QueryResultRow>(
  pool: Pool,
  sql: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  try {
    return (await pool.query<R>(sql, [...values])).rows;
  } catch (error) {
    throw asProblem(error);
  }
}
