import type { Position } from '#libs/contracts';
import { Problem } from '#libs/platform';
import type { Pool } from 'pg';
import { queryRows } from './snapshot.js';

const POLL_MS = 12;
/** How long a query waits for the projection, as the interface promises. */
export const WAIT_MS = 2000;

interface Waiter {
  /** What is still missing, partition to offset. */
  missing: Map<number, bigint>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Lets queries wait until the projection has reached a position. One poller serves all waiters and
 * rests while there are none; a projector in the same process tells `notify` and wakes them at once.
 */
export class PositionWaiter {
  private readonly waiters = new Set<Waiter>();
  private polling = false;

  constructor(private readonly pool: Pool) {}

  /** The projection has committed up to this place. */
  notify(partition: number, offset: string): void {
    this.arrived(partition, BigInt(offset));
  }

  /**
   * Resolves when queries show every position. Rejects with a `Problem` 504 after `timeoutMs`, 503
   * while the database is away, or with the signal's reason.
   */
  async wait(
    positions: readonly Position[],
    { timeoutMs = WAIT_MS, signal }: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<void> {
    signal?.throwIfAborted();
    const missing = new Map<number, bigint>();
    for (const { partition, offset } of positions) {
      const before = missing.get(partition) ?? -1n;
      if (BigInt(offset) > before) missing.set(partition, BigInt(offset));
    }
    if (missing.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    let waiter: Waiter | undefined;
    const abort = (): void => waiter?.reject(signal?.reason);
    try {
      await new Promise<void>((resolve, reject) => {
        waiter = { missing, resolve, reject };
        this.waiters.add(waiter);
        timer = setTimeout(() => {
          reject(tooLate(missing, timeoutMs));
        }, timeoutMs);
        signal?.addEventListener('abort', abort, { once: true });
        if (!this.polling) void this.poll();
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      if (waiter) this.waiters.delete(waiter);
    }
  }

  private async poll(): Promise<void> {
    this.polling = true;
    try {
      while (this.waiters.size > 0) {
        await this.readCheckpoints();
        if (this.waiters.size > 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    } finally {
      this.polling = false;
    }
  }

  private async readCheckpoints(): Promise<void> {
    try {
      const rows = await queryRows<{ partition: number; offset: string }>(
        this.pool,
        `SELECT c.partition, c."offset" FROM ledger.checkpoint c
         JOIN ledger.generation g ON g.name = c.generation AND g.status = 'live'
         WHERE c."offset" IS NOT NULL`,
      );
      for (const { partition, offset } of rows) this.arrived(partition, BigInt(offset));
    } catch (error) {
      for (const waiter of [...this.waiters]) waiter.reject(error);
      this.waiters.clear();
    }
  }

  private arrived(partition: number, offset: bigint): void {
    for (const waiter of this.waiters) {
      const wanted = waiter.missing.get(partition);
      if (wanted === undefined || wanted > offset) continue;
      waiter.missing.delete(partition);
      if (waiter.missing.size > 0) continue;
      this.waiters.delete(waiter);
      waiter.resolve();
    }
  }
}

function tooLate(missing: ReadonlyMap<number, bigint>, timeoutMs: number): Problem {
  const places = [...missing].map(([p, offset]) => `${String(p)}:${String(offset)}`).join(',');
  return new Problem({
    status: 504,
    code: 'not-yet-visible',
    title: 'Not visible yet',
    detail:
      `Queries did not show ${places} within ${String(timeoutMs / 1000)} s. It is recorded ` +
      'if its command was acknowledged; ask again, or without after.',
    retryAfter: 1,
  });
}
