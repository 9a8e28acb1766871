import type { DecideContext } from '#libs/domain';
import type { Answer, CommandRequest } from './types.js';

const MAX_QUEUED = 2_000;
const HALF = MAX_QUEUED / 2;

/** A command that waits for its writer, and whom to answer. */
export interface Waiting {
  request: CommandRequest;
  mergeTarget: DecideContext['mergeTarget'];
  answer: (answer: Answer) => void;
}

/** What waits for a partition's writer: bounded, in order. */
export class CommandQueue {
  readonly #queue: Waiting[] = [];
  readonly #roomWaiters: (() => void)[] = [];

  get length(): number {
    return this.#queue.length;
  }

  /** True while anyone waits to be answered or to be let in. */
  get busy(): boolean {
    return this.#queue.length > 0 || this.#roomWaiters.length > 0;
  }

  /** False when the queue is full. */
  push(waiting: Waiting): boolean {
    if (this.#queue.length >= MAX_QUEUED) return false;
    this.#queue.push(waiting);
    return true;
  }

  take(most: number): Waiting[] {
    return this.#queue.splice(0, most);
  }

  /** Puts back what was taken, to be first again; bounded by what was taken. */
  putBack(waiting: readonly Waiting[]): void {
    this.#queue.unshift(...waiting);
  }

  get #hasRoom(): boolean {
    return this.#queue.length < HALF;
  }

  /** Resolves when fewer than half of the places are taken. */
  async room(): Promise<void> {
    if (!this.#hasRoom) await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Lets in as many as the free half has places for, so that none of them finds it full. */
  letIn(): void {
    if (this.#hasRoom) for (const enter of this.#roomWaiters.splice(0, HALF)) enter();
  }
}
