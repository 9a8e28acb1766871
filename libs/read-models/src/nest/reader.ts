import type { Position } from '#libs/contracts';
import type { Pool } from 'pg';
import type { PositionWaiter } from '../positions.js';

/** What queries read from: the pool, and the waiter that `after` needs. */
export class ReadModels {
  constructor(
    readonly pool: Pool,
    readonly positions: PositionWaiter,
  ) {}

  /** The pool, once queries show `after`. Rejects with a `Problem` 504 when that takes too long. */
  async at(after: readonly Position[] | undefined): Promise<Pool> {
    if (after) await this.positions.wait(after);
    return this.pool;
  }
}
