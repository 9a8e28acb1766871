import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What outlives generations of read models: which there are, and where each stands in the log. */
export class LedgerSchema1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ledger.generation (
        name text PRIMARY KEY,
        status text NOT NULL CHECK (status IN ('live', 'building', 'retired')),
        -- projection name to the version that its tables have
        versions jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE ledger.checkpoint (
        generation text NOT NULL,
        partition int NOT NULL,
        -- of the last event projected; null when there is none yet
        "offset" bigint,
        hash text,
        -- the latest instant at which the projector had read this partition's end
        ended_at timestamptz,
        PRIMARY KEY (generation, partition)
      ) WITH (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE ledger.checkpoint, ledger.generation');
  }
}
