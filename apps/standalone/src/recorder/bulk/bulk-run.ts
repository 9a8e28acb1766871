import type { Writable } from 'node:stream';
import { Problem } from '#libs/platform';
import type { Answer, CommandRequest } from '#libs/recording';
import type { Caller } from '../../http/caller.js';
import { problemOf, receiptBody } from '../answers.js';
import { type LineCommand, lineCommand } from './line-command.js';
import { type Line, LineSplitter } from './line-splitter.js';

const LONGEST_LINE = 4 * 1024 * 1024;
/** Lines taken in and not yet answered: enough to fill every partition's batches. */
const MOST_LINES = 2_000;
const MOST_BYTES = 16 * 1024 * 1024;
const FLUSH_CHARS = 64 * 1024;

export interface BulkTarget {
  readonly ledgerId: string;
  submit(request: CommandRequest): Promise<Answer>;
  /** Resolves when the stream's partition takes more. */
  room(streamId: string): Promise<void>;
}

/** A line on its way: its answer is written when all answers before it are. */
interface Slot {
  bytes: number;
  text?: string;
  next?: Slot;
}

/**
 * Takes lines in as they come and writes an answer for each, in order. Reading stops while too much
 * is under way or the client does not take its answers: nothing is held without bound.
 */
export class BulkRun {
  #head: Slot | undefined;
  #tail: Slot | undefined;
  #lines = 0;
  #bytes = 0;
  #out = '';
  #flushing = false;
  #blocked = false;
  #closed = false;
  #wake: (() => void) | undefined;
  /** The last line of each stream under way: the next one waits for it, so that none overtakes. */
  readonly #underWay = new Map<string, Promise<void>>();
  /** Streams with a line that was not taken: later lines would overtake it. */
  readonly #refused = new Map<string, Problem>();

  constructor(
    private readonly target: BulkTarget,
    private readonly caller: Caller,
    private readonly sink: Writable,
  ) {
    sink.on('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  /** Runs until the source has ended and every answer is written, or the client is gone. */
  async run(source: AsyncIterable<Buffer>): Promise<void> {
    const splitter = new LineSplitter(LONGEST_LINE);
    let number = 0;
    for await (const chunk of source) {
      for (const line of splitter.feed(chunk)) {
        if (this.#full) await this.#until(() => !this.#full);
        if (this.#closed) return;
        await this.#take(line, ++number);
      }
    }
    for (const line of splitter.end()) await this.#take(line, ++number);
    await this.#until(() => this.#lines === 0 && !this.#flushing && !this.#blocked);
  }

  get #full(): boolean {
    return this.#blocked || this.#lines >= MOST_LINES || this.#bytes >= MOST_BYTES;
  }

  async #take(line: Line, number: number): Promise<void> {
    if (line !== 'too-long' && isBlank(line)) return;
    const slot: Slot = { bytes: line.length };
    if (this.#tail) this.#tail.next = slot;
    else this.#head = slot;
    this.#tail = slot;
    this.#lines += 1;
    this.#bytes += slot.bytes;

    const command = line === 'too-long' ? tooLong() : lineCommand(line, this.#ids);
    if (command instanceof Problem) {
      this.#settle(slot, problemLine(number, command));
      return;
    }
    const { streamId } = command;
    const before = this.#underWay.get(streamId);
    if (!before) await this.target.room(streamId);
    const done = (before ?? Promise.resolve()).then(() => this.#record(command, slot, number));
    this.#underWay.set(streamId, done);
    void done.then(() => {
      if (this.#underWay.get(streamId) === done) this.#underWay.delete(streamId);
    });
  }

  async #record(command: LineCommand, slot: Slot, number: number): Promise<void> {
    const refused = this.#refused.get(command.streamId);
    if (refused) {
      this.#settle(slot, problemLine(number, refused));
      return;
    }
    const answer = await this.target.submit({ ...command, ...this.caller });
    this.#settle(slot, this.#answerLine(number, command, answer));
  }

  get #ids(): { ledgerId: string; caller: string } {
    return { ledgerId: this.target.ledgerId, caller: this.caller.caller };
  }

  #answerLine(line: number, { command, streamId }: LineCommand, answer: Answer): string {
    if (answer.kind === 'accepted') {
      const { receipt } = answer;
      const status = command.command === 'report' ? 201 : 200;
      return JSON.stringify({ line, status, receipt: receiptBody(receipt), ...receipt.outcome });
    }
    const problem = problemOf(answer);
    if (problem.retryable) this.#refused.set(streamId, problem);
    return problemLine(line, problem);
  }

  #settle(slot: Slot, text: string): void {
    slot.text = text;
    if (slot !== this.#head) return;
    let at: Slot | undefined = slot;
    while (at?.text !== undefined) {
      this.#out += `${at.text}\n`;
      this.#lines -= 1;
      this.#bytes -= at.bytes;
      at = at.next;
    }
    this.#head = at;
    if (!at) this.#tail = undefined;
    if (this.#out.length >= FLUSH_CHARS) this.#flush();
    else if (!this.#flushing) {
      this.#flushing = true;
      setImmediate(() => {
        this.#flush();
      });
    }
  }

  #flush(): void {
    this.#flushing = false;
    const text = this.#out;
    this.#out = '';
    if (text !== '' && !this.#closed && !this.sink.write(text)) {
      this.#blocked = true;
      this.sink.once('drain', () => {
        this.#blocked = false;
        this.#wake?.();
      });
    }
    this.#wake?.();
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!this.#closed && !condition())
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#wake = undefined;
  }
}

function isBlank(line: Buffer): boolean {
  return line.length === 0 || (line.length < 16 && line.toString('latin1').trim() === '');
}

function problemLine(line: number, problem: Problem): string {
  return JSON.stringify({ line, status: problem.status, problem });
}

function tooLong(): Problem {
  return new Problem({
    status: 413,
    code: 'line-too-long',
    detail: `The line is longer than ${String(LONGEST_LINE)} bytes.`,
  });
}
