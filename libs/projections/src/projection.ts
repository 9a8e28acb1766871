import type { PoolClient } from 'pg';
import type { WrittenCommand } from './batch.js';
import type { StreamChange } from './incident/stream-change.js';

/** One batch within its transaction, as every projection sees it. */
export interface BatchContext {
  client: PoolClient;
  /** The generation's schema. */
  schema: string;
  commands: readonly WrittenCommand[];
  /** What the batch's events do to the incidents that they are about. */
  changes: readonly StreamChange[];
}

/** A folder of tables and the function that keeps them. */
export interface Projection {
  name: string;
  /** Raised with every change of the tables or of what is written to them: rebuilds the models. */
  version: number;
  /** Statements that create the tables and indexes in a schema. */
  ddl(schema: string): string[];
  /** Views for queries: name to its SELECT on a schema. */
  views(schema: string): Record<string, string>;
  /** Writes what the batch changes, in its transaction. */
  apply(batch: BatchContext): Promise<void>;
}
