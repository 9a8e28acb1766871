import type { Projector } from '#libs/projections';
import type { Recorder } from '#libs/recording';
import type { Pool } from 'pg';

/** `degraded`: it answers, and something needs a look. `unready`: part of it does not work now. */
export interface Readiness {
  status: 'ready' | 'degraded' | 'unready';
  reasons: string[];
}

const CLOCK_RED_MS = 5_000;
const LAG_TOLD_MS = 10_000;
const DATABASE_TIMEOUT_MS = 2_000;

/** Tells whether the writers, the projector and Postgres do their work, with the reasons if not. */
export class ReadinessProbe {
  /** Since when each partition's projection has been behind (ms). */
  readonly #behindSince = new Map<number, number>();

  constructor(
    private readonly recorder: Recorder,
    private readonly projector: Projector,
    private readonly pool: Pool,
  ) {}

  async look(now: number = Date.now()): Promise<Readiness> {
    const failing = [...this.#writers(), ...this.#projections(), ...(await this.#database())];
    const degraded = [...this.#lag(now), ...this.#parked()];
    const status = failing.length > 0 ? 'unready' : degraded.length > 0 ? 'degraded' : 'ready';
    return { status, reasons: [...failing, ...degraded] };
  }

  #writers(): string[] {
    return this.recorder.health().flatMap(({ partition, state, clockBehindMs, lastError }) => {
      const name = `the writer of partition ${String(partition)}`;
      const reasons = [];
      if (state !== 'open') reasons.push(`${name} is ${state}${lastError ? `: ${lastError}` : ''}`);
      if (clockBehindMs > CLOCK_RED_MS)
        reasons.push(
          `${name}: this machine's clock is ${String(Math.round(clockBehindMs / 1000))} s behind the last event`,
        );
      return reasons;
    });
  }

  #projections(): string[] {
    return this.projector.health().flatMap(({ partition, state, error }) => {
      if (state !== 'failed' && state !== 'waiting' && state !== 'stopped') return [];
      const why = error === undefined ? '' : `: ${error}`;
      return [`the projection of partition ${String(partition)} is ${state}${why}`];
    });
  }

  #parked(): string[] {
    const parked = this.projector.health().reduce((sum, p) => sum + p.parkedStreams, 0);
    return parked === 0 ? [] : [`${String(parked)} incidents are parked in dead_letter`];
  }

  #lag(now: number): string[] {
    let longest = 0;
    for (const { partition, lagging } of this.projector.health()) {
      if (!lagging) this.#behindSince.delete(partition);
      else if (!this.#behindSince.has(partition)) this.#behindSince.set(partition, now);
      else longest = Math.max(longest, now - (this.#behindSince.get(partition) ?? now));
    }
    return longest < LAG_TOLD_MS
      ? []
      : [`queries have been behind the log for ${String(Math.round(longest / 1000))} s`];
  }

  async #database(): Promise<string[]> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        this.pool.query('SELECT 1'),
        new Promise((_, reject) => {
          timer = setTimeout(() => {
            reject(new Error('no answer'));
          }, DATABASE_TIMEOUT_MS);
        }),
      ]);
      return [];
    } catch (error) {
      return [`Postgres: ${error instanceof Error ? error.message : String(error)}`];
    } finally {
      clearTimeout(timer);
    }
  }
}
