import type { LogStore } from './log-store.js';

interface Waiting {
  partition: number;
  /** The last offset seen. */
  after: number;
  deadline: number;
  settle: (error?: Error) => void;
}

/**
 * Lets followers wait for events: woken at once by an append of this process, and by one poll
 * for all of them when another process appended. Its timer runs only while somebody waits, and
 * does not keep the process alive.
 */
export class Arrivals {
  readonly #waiting = new Set<Waiting>();
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: LogStore,
    private readonly pollMs: number,
  ) {
    this.#unsubscribe = store.onAppend((partition) => {
      for (const waiting of this.#waiting) if (waiting.partition === partition) waiting.settle();
    });
  }

  /** Resolves when there may be events behind `after`, after `idleMs`, or when aborted. */
  async next(
    partition: number,
    after: number,
    idleMs: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (signal?.aborted || this.#arrived(partition, after)) return;
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        waiting.settle();
      };
      const waiting: Waiting = {
        partition,
        after,
        deadline: performance.now() + idleMs,
        settle: (error) => {
          this.#waiting.delete(waiting);
          signal?.removeEventListener('abort', onAbort);
          if (this.#waiting.size === 0) this.#stop();
          if (error) reject(error);
          else resolve();
        },
      };
      signal?.addEventListener('abort', onAbort);
      this.#waiting.add(waiting);
      this.#timer ??= setInterval(() => {
        this.#poll();
      }, this.pollMs).unref();
    });
  }

  /** Wakes everybody and stops. */
  close(): void {
    this.#unsubscribe();
    for (const waiting of this.#waiting) waiting.settle();
    this.#stop();
  }

  #arrived(partition: number, after: number): boolean {
    return (this.store.meta(partition).head?.offset ?? -1) > after;
  }

  #poll(): void {
    try {
      this.store.refresh();
      const now = performance.now();
      for (const waiting of this.#waiting)
        if (now >= waiting.deadline || this.#arrived(waiting.partition, waiting.after))
          waiting.settle();
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      for (const waiting of this.#waiting) waiting.settle(failure);
    }
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
