import { DataSource } from 'typeorm';
import { READ_ENTITIES } from './entities.js';
import { LedgerSchema1764000000000 } from './migrations/1764000000000-ledger-schema.js';

/** Where TypeORM notes which migrations have run. */
const MIGRATIONS_TABLE = 'conflict_ledger_migrations';
const LOCK = `hashtextextended('conflict-ledger:migrations', 0)`;

/** A data source on the read models. Not initialised; it never changes the schema by itself. */
export function createDataSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    // A user called `ledger` has the schema of that name on its search path as soon as it is there.
    schema: 'public',
    applicationName: 'conflict-ledger',
    entities: READ_ENTITIES,
    migrations: [LedgerSchema1764000000000],
    migrationsTableName: MIGRATIONS_TABLE,
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
      await source.runMigrations();
    } finally {
      await lock.query(`SELECT pg_advisory_unlock(${LOCK})`);
      await lock.release();
    }
  } finally {
    await source.destroy();
  }
}
