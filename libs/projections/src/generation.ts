import type { Pool, PoolClient } from 'pg';
import { deadLetterDdl } from './dead-letter/dead-letters.js';
import { inTransaction } from './pg/transaction.js';
import { PROJECTIONS } from './projections.js';
import type { ProjectorLogger } from './runner/partition-projector.js';

export const GENERATION = 'g1';

/** The read models were made by a newer build, which must go on with them. */
export class GenerationError extends Error {
  override readonly name = 'GenerationError';
  readonly code = 'generation-newer';
  readonly retryable = false;
}

/**
 * Makes the generation's schema and the views in `live` when they are missing, in one transaction
 * under an advisory lock. Read models of an older version of any projection are dropped, to be
 * rebuilt from the log: they hold nothing that the log does not. Those of a newer version are left
 * alone: throws GenerationError. Expects the migrations of schema `ledger` to have run.
 */
export async function ensureGeneration(
  pool: Pool,
  { logger, generation = GENERATION }: { logger: ProjectorLogger; generation?: string },
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(
      `SELECT pg_advisory_xact_lock(hashtextextended('conflict-ledger:generation', 0))`,
    );
    await prepare(client, generation, logger);
  });
}

async function prepare(
  client: PoolClient,
  generation: string,
  logger: ProjectorLogger,
): Promise<void> {
  const { rows } = await client.query<{ versions: Record<string, number> }>(
    'SELECT versions FROM ledger.generation WHERE name = $1',
    [generation],
  );
  const stored = rows[0]?.versions;
  if (stored) {
    const newer = Object.entries(stored).filter(([name, v]) => v > (currentVersions()[name] ?? 0));
    if (newer.length > 0) {
      throw new GenerationError(
        `The read models were made by a newer version of the software (${newer.map(([n]) => n).join(', ')}): ` +
          `use that version, or drop the schema ${generation} and its row in ledger.generation to rebuild them.`,
      );
    }
    if (Object.entries(currentVersions()).every(([name, v]) => stored[name] === v)) return;
    logger.info(
      { generation, stored, wanted: currentVersions() },
      'The read models are of an older version: they are dropped and rebuilt from the log',
    );
  }
  await client.query(`DROP SCHEMA IF EXISTS ${generation} CASCADE`);
  await client.query(`DELETE FROM ledger.checkpoint WHERE generation = $1`, [generation]);
  await create(client, generation);
  await client.query(
    `INSERT INTO ledger.generation (name, status, versions) VALUES ($1, 'live', $2)
     ON CONFLICT (name) DO UPDATE SET versions = excluded.versions, created_at = now()`,
    [generation, JSON.stringify(currentVersions())],
  );
}

async function create(client: PoolClient, generation: string): Promise<void> {
  await client.query(`CREATE SCHEMA ${generation}`);
  const tables = [...PROJECTIONS.flatMap((p) => p.ddl(generation)), ...deadLetterDdl(generation)];
  for (const statement of tables) await client.query(statement);
  await client.query('CREATE SCHEMA IF NOT EXISTS live');
  const views = [
    ...PROJECTIONS.flatMap((p) => Object.entries(p.views(generation))),
    ['dead_letter', `SELECT * FROM ${generation}.dead_letter`] as const,
  ];
  for (const [name, select] of views) {
    await client.query(`DROP VIEW IF EXISTS live.${name}`);
    await client.query(`CREATE VIEW live.${name} AS ${select}`);
  }
}

function currentVersions(): Record<string, number> {
  return Object.fromEntries(PROJECTIONS.map((p) => [p.name, p.version]));
}
