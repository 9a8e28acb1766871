import type { ImportOutcome } from '#libs/domain';

/** A line's answer, as `POST /v1/commands` gives it. */
export interface LineAnswer extends Partial<ImportOutcome> {
  line: number;
  status: number;
  receipt?: Receipt;
  problem?: ProblemBody;
}

export interface Receipt {
  incidentId: string;
  version: number;
  /** `partition:offset` of the last event. */
  position: string;
  events: { id: string; type: string; version: number }[];
  replayed: boolean;
}

export interface ProblemBody {
  status: number;
  code: string;
  title: string;
  detail?: string;
  errors?: { path: string; message: string }[];
}

export interface ListedRow {
  incidentId: string;
  externalId: string;
}

/** What an import asks of a ledger: over HTTP, or of one in the same process. */
export interface LedgerClient {
  /**
   * Sends commands, one JSON text a line. Resolves with the answers that came, in order of the
   * lines; throws `NotAnswered`, which holds them, when the request broke before all had come.
   */
  postCommands(lines: readonly string[], options: { dryRun: boolean }): Promise<LineAnswer[]>;
  /** What a dataset lists in a scope now, of one partition. */
  listed(dataset: string, scope: string, partition: number): AsyncIterable<ListedRow>;
  /** Whether queries show the import up to these positions yet (waits a little). */
  isVisible(importId: string, positions: string): Promise<boolean>;
}

/** The service did not answer (all of) a request, or says that it cannot now: send it again. */
export class NotAnswered extends Error {
  readonly code = 'not-answered';
  readonly retryable = true;

  constructor(
    message: string,
    /** Answers that had come before the request broke. */
    readonly answers: LineAnswer[] = [],
    /** When the service said how long to wait. */
    readonly retryAfterSeconds?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'NotAnswered';
  }
}

/** The service refused a whole request. */
export class RequestRefused extends Error {
  readonly retryable = false;

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'RequestRefused';
  }
}
