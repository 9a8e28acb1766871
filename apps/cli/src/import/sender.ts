import { setTimeout as delay } from 'node:timers/promises';
import type { LedgerClient, LineAnswer, ProblemBody } from './client.js';
import { NotAnswered, RequestRefused } from './client.js';
import { ImportRefused } from './errors.js';

const CHUNK_LINES = 1_000;
const CHUNK_CHARS = 2 * 1024 * 1024;
const IN_FLIGHT = 4;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface SenderOptions {
  dryRun: boolean;
  /** How long lines are sent again before the import gives up. */
  giveUpMs?: number;
  signal?: AbortSignal;
}

interface Pending<T> {
  line: string;
  about: T;
}

function mayRetry(answer: LineAnswer): boolean {
  return answer.status === 503 || answer.status === 429;
}

/**
 * Sends command lines in chunks, a few at once, and sends again (with the same keys) those that
 * were not answered for good. Answers come to `onAnswer` once a line, in no particular order.
 */
export class Sender<T> {
  private chunk: Pending<T>[] = [];
  private chars = 0;
  private readonly inFlight = new Set<Promise<void>>();
  private failure: { error: unknown } | undefined;

  constructor(
    private readonly client: LedgerClient,
    private readonly options: SenderOptions,
    private readonly onAnswer: (answer: LineAnswer, about: T) => void,
  ) {}

  /** Takes a line; waits while enough is under way. Throws what an earlier line failed with. */
  async send(line: string, about: T): Promise<void> {
    this.chunk.push({ line, about });
    this.chars += line.length;
    if (this.chunk.length >= CHUNK_LINES || this.chars >= CHUNK_CHARS) await this.flush();
  }

  /** Resolves when every line has its answer. */
  async finish(): Promise<void> {
    await this.flush();
    while (this.inFlight.size > 0) await Promise.race(this.inFlight);
    this.throwFailure();
  }

  /** Waits for what is under way, whatever comes of it: before an import is given up. */
  async settle(): Promise<void> {
    this.chunk = [];
    await Promise.allSettled(this.inFlight);
  }

  private async flush(): Promise<void> {
    this.throwFailure();
    const { chunk } = this;
    this.chunk = [];
    this.chars = 0;
    if (chunk.length === 0) return;
    const sent = this.deliver(chunk)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => {
        this.inFlight.delete(sent);
      });
    this.inFlight.add(sent);
    while (this.inFlight.size >= IN_FLIGHT) await Promise.race(this.inFlight);
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }

  private async deliver(chunk: Pending<T>[]): Promise<void> {
    const { giveUpMs = 60_000, signal } = this.options;
    let rest = chunk;
    let pause = FIRST_PAUSE_MS;
    let since = Date.now();
    for (;;) {
      const { left, why, wait } = await this.attempt(rest);
      if (left.length === 0) return;
      if (left.length < rest.length) {
        since = Date.now();
        pause = FIRST_PAUSE_MS;
      }
      rest = left;
      if (this.failure) return;
      if (Date.now() - since > giveUpMs)
        throw new ImportRefused(
          1,
          'ledger-unreachable',
          `The ledger has not taken the import's lines for ${String(Math.round(giveUpMs / 1000))} s (${why}). ` +
            'What was recorded stays. When the ledger answers again, run the same command with --take-over.',
          { retryable: true },
        );
      await delay(wait ?? pause, undefined, { ...(signal && { signal }) });
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Sends the lines once; gives back those to be sent again, and why. */
  private async attempt(
    lines: Pending<T>[],
  ): Promise<{ left: Pending<T>[]; why: string; wait?: number }> {
    let answers: LineAnswer[];
    let why = 'not taken';
    let wait: number | undefined;
    try {
      const texts = lines.map((l) => l.line);
      answers = await this.client.postCommands(texts, { dryRun: this.options.dryRun });
    } catch (error) {
      if (error instanceof RequestRefused)
        throw new ImportRefused(1, error.code, `The ledger refused: ${error.message}`, {
          cause: error,
        });
      if (!(error instanceof NotAnswered)) throw error;
      answers = error.answers;
      why = error.message;
      if (error.retryAfterSeconds !== undefined) wait = error.retryAfterSeconds * 1000;
    }
    const left: Pending<T>[] = [];
    for (const [i, pending] of lines.entries()) {
      const answer = answers[i];
      if (answer && !mayRetry(answer)) this.onAnswer(answer, pending.about);
      else {
        left.push(pending);
        if (answer?.problem) why = problemText(answer.problem);
      }
    }
    return { left, why, ...(wait !== undefined && { wait: Math.min(wait, LONGEST_PAUSE_MS) }) };
  }
}

/** A problem in one line of words. */
export function problemText(problem: ProblemBody): string {
  const said = problem.detail ?? problem.title;
  const errors = (problem.errors ?? [])
    .filter(({ message }) => !said.includes(message))
    .map(({ path, message }) => `${path}: ${message}`);
  return errors.length > 0 ? `${said} (${errors.join('; ')})` : said;
}

/** Sends one command and waits for its answer, which may be a problem. */
export async function sendOne(
  client: LedgerClient,
  options: SenderOptions,
  command: object,
): Promise<LineAnswer> {
  const got: LineAnswer[] = [];
  const sender = new Sender<undefined>(client, options, (a) => got.push(a));
  await sender.send(JSON.stringify(command), undefined);
  await sender.finish();
  const [answer] = got;
  if (!answer) throw new Error('a command was sent and has no answer');
  return answer;
}
