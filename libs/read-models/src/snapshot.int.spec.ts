import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { inSnapshot } from './snapshot.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query('CREATE TABLE seen (n int)');
}, 60_000);
afterAll(async () => {
  await database.drop();
});

describe('a snapshot', () => {
  it('shows one moment, whatever is written meanwhile', async () => {
    const counts = await inSnapshot(database.pool, async (reader) => {
      const count = async () =>
        (await reader.rows<{ n: string }>('SELECT count(*) n FROM seen'))[0];
      const before = await count();
      await database.pool.query('INSERT INTO seen VALUES (1)');
      return [before?.n, (await count())?.n];
    });
    expect(counts).toEqual(['0', '0']);
  });

  it('is a 503 that may be sent again when the connection is lost, and the next one works', async () => {
    const cut = inSnapshot(database.pool, async (reader) => {
      const [me] = await reader.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await database.pool.query('SELECT pg_terminate_backend($1, 5000)', [me?.pid]);
      return reader.rows('SELECT 1');
    });
    await expect(cut).rejects.toMatchObject({ status: 503, code: 'database-unavailable' });
    const rows = await inSnapshot(database.pool, (reader) => reader.rows('SELECT 2 AS n'));
    expect(rows).toEqual([{ n: 2 }]);
  });

  it('passes on what its reader throws, and gives the connection back', async () => {
    const failing = inSnapshot(database.pool, () => Promise.reject(new Error('mine')));
    await expect(failing).rejects.toThrow('mine');
    expect(database.pool.idleCount).toBe(database.pool.totalCount);
  });
});
