import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ensureGeneration } from '#libs/projections';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { createDataSource, runMigrations } from './data-source.js';
import { ClaimEntity, ImportRunEntity, IncidentEntity } from './entities.js';

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('the data source', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('migrates once, however many start at the same time, and again without effect', async () => {
    await Promise.all([1, 2, 3, 4].map(() => runMigrations(database.url)));
    await runMigrations(database.url);
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'ledger' ORDER BY 1`,
    );
    expect(rows.map((r) => r.name)).toEqual(['checkpoint', 'generation', 'migrations']);
  });

  it('says what to do when its user may not create schemas', async () => {
    const { pool, url } = database;
    const weak = new URL(url);
    weak.username = `weak_${weak.pathname.slice(1)}`.slice(0, 60);
    weak.password = 'weak';
    await pool.query(`CREATE ROLE "${weak.username}" LOGIN PASSWORD 'weak'`);
    await pool.query('DROP SCHEMA ledger CASCADE');
    try {
      await expect(runMigrations(weak.href)).rejects.toMatchObject({
        code: 'postgres-not-permitted',
        message: expect.stringContaining('GRANT CREATE ON DATABASE'),
      });
    } finally {
      await pool.query(`DROP ROLE "${weak.username}"`);
      await runMigrations(url);
    }
  });

  it('maps the live views', async () => {
    await ensureGeneration(database.pool, { logger });
    const id = '11111111-1111-4111-8111-000000000001';
    await database.pool.query(
      `INSERT INTO g1.claim (incident_id, claim_id, asserts, source_name, source_type, inconsistent,
         reported_at, withdrawn, disputed, data)
       VALUES ($1, 'c1', 'occurrence', 'Monitor', 'monitor', false, '2024-01-01', false, true, '{"id":"c1"}')`,
      [id],
    );
    const source = await createDataSource(database.url).initialize();
    try {
      expect(await source.getRepository(ClaimEntity).find()).toEqual([
        {
          incidentId: id,
          claimId: 'c1',
          asserts: 'occurrence',
          sourceName: 'Monitor',
          withdrawn: false,
          disputed: true,
          data: { id: 'c1' },
        },
      ]);
      expect(await source.getRepository(IncidentEntity).count()).toBe(0);
      expect(await source.getRepository(ImportRunEntity).count()).toBe(0);
    } finally {
      await source.destroy();
    }
  });

  it('can be reverted', async () => {
    const source = await createDataSource(database.url).initialize();
    try {
      await source.undoLastMigration();
      const { rows } = await database.pool.query(
        `SELECT to_regclass('ledger.generation') AS found`,
      );
      expect(rows).toEqual([{ found: null }]);
    } finally {
      await source.destroy();
    }
  });
});
