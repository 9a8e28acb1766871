import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openEmbeddedLog } from '#libs/event-log';
import { runMigrations } from '#libs/read-models';
import { createTestDatabase, tempDir, type TestDatabase, waitFor } from '#libs/testing';
import fc from 'fast-check';
import { ensureGeneration } from './generation.js';
import { startProjector } from './runner/projector.js';
import { appendDrafts, arbitraryLedger, draftsOf } from './testing/ledgers.js';
import { caughtUp, difference, dumped, silent } from './testing/projecting.js';

describe('a generation of read models', () => {
  let database: TestDatabase;
  let dir: ReturnType<typeof tempDir>;

  beforeEach(async () => {
    dir = tempDir();
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await database.drop();
    dir.dispose();
  });

  async function project(logDir = dir.path): Promise<string[]> {
    await ensureGeneration(database.pool, { logger: silent });
    const log = openEmbeddedLog({ dir: logDir });
    const { pool } = database;
    const projector = startProjector({ log, pool, generation: 'g1', logger: silent });
    try {
      await caughtUp(projector, log);
      return await dumped(database);
    } finally {
      await projector.stop();
      await log.close();
    }
  }

  async function fill(seed: number, target = dir.path): Promise<void> {
    const log = openEmbeddedLog({ dir: target });
    await appendDrafts(log, draftsOf(fc.sample(arbitraryLedger, { seed, numRuns: 1 })[0] ?? []));
    await log.close();
  }

  it('is made once, however many start at the same time', async () => {
    await Promise.all([1, 2, 3].map(() => runMigrations(database.url)));
    await Promise.all([1, 2, 3].map(() => ensureGeneration(database.pool, { logger: silent })));
    const { rows } = await database.pool.query('SELECT name, status FROM ledger.generation');
    expect(rows).toEqual([{ name: 'g1', status: 'live' }]);
    const { rows: views } = await database.pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.views WHERE table_schema = 'live' ORDER BY 1`,
    );
    expect(views.map((v) => v.name)).toEqual([
      'claim',
      'dead_letter',
      'event_journal',
      'import_run',
      'in_force',
      'incident',
      'incident_merge',
      'incident_version',
    ]);
  });

  it('comes back from the log the same when the database was deleted', async () => {
    await fill(30);
    await runMigrations(database.url);
    const before = await project();
    await database.drop();
    database = await createTestDatabase();
    await runMigrations(database.url);
    expect(difference(await project(), before)).toEqual([]);
  }, 60_000);

  it('is dropped and rebuilt when a projection is newer than its tables', async () => {
    await fill(31);
    await runMigrations(database.url);
    const before = await project();
    await database.pool.query(
      `UPDATE ledger.generation SET versions = jsonb_set(versions, '{claim}', '0')`,
    );
    await database.pool.query('DELETE FROM g1.claim');
    expect(difference(await project(), before)).toEqual([]);
  }, 60_000);

  it('is left alone when a newer build made it', async () => {
    await runMigrations(database.url);
    await ensureGeneration(database.pool, { logger: silent });
    await database.pool.query(
      `UPDATE ledger.generation SET versions = jsonb_set(versions, '{claim}', '99')`,
    );
    await expect(ensureGeneration(database.pool, { logger: silent })).rejects.toMatchObject({
      code: 'generation-newer',
    });
  });

  it('says so when it belongs to another log, and keeps what it holds', async () => {
    const other = tempDir();
    await fill(32);
    await fill(33, other.path);
    await runMigrations(database.url);
    const before = await project();
    const log = openEmbeddedLog({ dir: other.path });
    const { pool } = database;
    const projector = startProjector({ log, pool, generation: 'g1', logger: silent });
    try {
      const failed = await waitFor(() => projector.health().find((h) => h.state === 'failed'), {
        what: 'a partition that finds another log',
      });
      expect(failed.error).toMatch(/^The read models belong to another log: .*drop the schemas/);
    } finally {
      await projector.stop();
      await log.close();
      other.dispose();
    }
    const incidents = (lines: string[]) => lines.filter((l) => l.startsWith('{"table":"incident"'));
    expect(difference(incidents(before), incidents(await dumped(database)))).toEqual([]);
  }, 60_000);
});
