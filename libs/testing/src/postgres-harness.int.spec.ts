import { afterAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, testPostgres, type TestDatabase } from './postgres-harness.js';

const open: TestDatabase[] = [];
afterAll(() => Promise.all(open.map((database) => database.drop())));

describe('the Postgres of a test run', () => {
  it('is one for all suites, with a database for each', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    open.push(one, two);
    await one.pool.query('CREATE TABLE here (n int)');
    const { rows } = await two.pool.query("SELECT to_regclass('here') AS there");
    expect(rows).toEqual([{ there: null }]);
    expect(await testPostgres()).toEqual(await testPostgres());
  });
});
