import type { LogBatch, StoredEvent } from '#libs/event-log';

/** Bounds one transaction: a batch is in memory several times over. */
const MAX_BYTES = 4 * 1024 * 1024;

export interface Taken {
  events: StoredEvent[];
  /** Set when nothing lay behind the last of these events at that instant (ms since the epoch). */
  endedAt?: number;
}

/**
 * What was read of a partition and is not projected yet. While one transaction is under way the
 * next events gather here, so batches grow with the load by themselves.
 */
export class Inbox {
  private events: StoredEvent[] = [];
  private bytes = 0;
  private endedAt: number | undefined;
  private closed = false;
  private failure: Error | undefined;
  private wakeTaker: (() => void) | undefined;
  private wakeReader: (() => void) | undefined;

  /** `maxEvents`: of one `take`, and of what waits for it. */
  constructor(private readonly maxEvents: number) {}

  /** Takes a batch in; resolves when there is room for another. */
  async put(batch: LogBatch): Promise<void> {
    for (const event of batch.events) {
      this.events.push(event);
      this.bytes += event.bytes.byteLength;
    }
    this.endedAt = batch.atEnd ? batch.readAt : undefined;
    this.wakeTaker?.();
    while (this.isFull() && !this.closed) {
      await new Promise<void>((resolve) => (this.wakeReader = resolve));
    }
  }

  /** Ends what `wait` waits for; with an error, `wait` rejects with it. */
  close(error?: Error): void {
    this.closed = true;
    this.failure ??= error;
    this.wakeTaker?.();
    this.wakeReader?.();
  }

  /** Resolves with true when there is something to take, with false when nothing will come. */
  async wait(): Promise<boolean> {
    while (this.events.length === 0 && this.endedAt === undefined && !this.closed) {
      await new Promise<void>((resolve) => (this.wakeTaker = resolve));
    }
    if (this.failure) throw this.failure;
    return !this.closed;
  }

  take(): Taken {
    let count = 0;
    let bytes = 0;
    for (const event of this.events) {
      if (count === this.maxEvents || (count > 0 && bytes + event.bytes.byteLength > MAX_BYTES))
        break;
      count += 1;
      bytes += event.bytes.byteLength;
    }
    const events = this.events.splice(0, count);
    this.bytes -= bytes;
    this.wakeReader?.();
    if (this.events.length > 0 || this.endedAt === undefined) return { events };
    const endedAt = this.endedAt;
    this.endedAt = undefined;
    return { events, endedAt };
  }

  isHalfFull(): boolean {
    return this.events.length >= this.maxEvents / 2 || this.bytes >= MAX_BYTES / 2;
  }

  private isFull(): boolean {
    return this.events.length >= this.maxEvents || this.bytes >= MAX_BYTES;
  }
}
