import { errorCode, PostgresError } from '#libs/platform';
import { DataSource, type QueryRunner } from 'typeorm';
import { READ_ENTITIES } from './entities.js';
import { LedgerSchema1764000000000 } from './migrations/1764000000000-ledger-schema.js';

/** Holds what the migrations make and the note of which have run, so that they go together. */
const SCHEMA = 'ledger';
/** SQLSTATE 42501. */
const INSUFFICIENT_PRIVILEGE = '42501';
const LOCK = `hashtextextended('conflict-ledger:migrations', 0)`;

/** A data source on the read models. Not initialised; it never changes the schema by itself. */
export function createDataSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    schema: SCHEMA,
    applicationName: 'conflict-ledger',
    entities: READ_ENTITIES,
    migrations: [LedgerSchema1764000000000],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'all',
    synchronize: false,
    logging: false,
  });
}

/**
 * Brings schema `ledger` up to date. Several processes may start at once: one migrates, the others
 * wait for it. Rejects with what the database or a migration said.
 */
export async function runMigrations(url: string): Promise<void> {
  const source = await createDataSource(url).initialize();
  try {
    const lock = source.createQueryRunner();
    try {
      await lock.query(`SELECT pg_advisory_lock(${LOCK})`);
      await makeSchema(lock);
      await source.runMigrations();
    } finally {
      await lock.query(`SELECT pg_advisory_unlock(${LOCK})`);
      await lock.release();
    }
  } finally {
    await source.destroy();
  }
}

async function makeSchema(runner: QueryRunner): Promise<void> {
  try {
    await runner.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
  } catch (cause) {
    if (errorCode(cause) !== INSUFFICIENT_PRIVILEGE) throw cause;
    throw new PostgresError(
      'postgres-not-permitted',
      'The Postgres user of DATABASE_URL may not create schemas in its database: make it the ' +
        "database's owner, or run GRANT CREATE ON DATABASE … TO … as its owner.",
      false,
      { cause },
    );
  }
}
