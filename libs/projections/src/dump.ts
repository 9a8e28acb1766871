import type { Pool } from 'pg';
import { GENERATION } from './generation.js';

/** Each table with the columns that tell its rows apart. */
const TABLES = {
  incident: 'id',
  incident_past: 'id, recorded_from, recorded_to, known_from',
  in_force: 'incident_id, recorded_from, recorded_to, known_from',
  claim: 'incident_id, claim_id',
  event_journal: 'partition, "offset"',
  incident_merge: 'event_id',
  import_run: 'import_id',
  dead_letter: 'partition, "offset"',
} as const;

const PAGE = 500;

/**
 * All rows of all read models as JSON lines in a fixed order, without what depends on when they
 * were projected. Equal logs give equal dumps, however they were projected.
 */
export async function* dumpReadModels(pool: Pool, generation = GENERATION): AsyncIterable<string> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`SET LOCAL timezone = 'UTC'`);
    for (const [table, order] of Object.entries(TABLES)) {
      await client.query(
        `DECLARE dump NO SCROLL CURSOR FOR
         SELECT (to_jsonb(t) - 'parked_at')::text AS row FROM ${generation}.${table} t ORDER BY ${order}`,
      );
      for (;;) {
        const { rows } = await client.query<{ row: string }>(`FETCH ${String(PAGE)} FROM dump`);
        for (const { row } of rows) yield `{"table":"${table}","row":${row}}`;
        if (rows.length < PAGE) break;
      }
      await client.query('CLOSE dump');
    }
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}
