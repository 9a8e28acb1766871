import { datasetStream, decide, decideImport, evolve, evolveImports } from '#libs/domain';
import {
  type Command,
  type DomainEvent,
  type ImportEvent,
  type ImportsState,
  importOutcome,
  type IncidentEvent,
  type IncidentState,
  initialImports,
  initialState,
} from '#libs/domain';
import { incidentIdOf, isCommandName, parseCommand, partitionOf } from '#libs/contracts';
import type { LedgerClient, LineAnswer, ListedRow } from './client.js';
import { NotAnswered } from './client.js';

interface Line {
  command: string;
  dataset?: string;
  idempotencyKey: string;
  data: unknown;
}

/** What goes wrong with a line: `lost` breaks the request before the line's answer is given. */
export type Fault = 'busy' | 'lost' | undefined;

/**
 * A ledger in memory, made of the domain's own rules: decides, folds, knows keys, lists. Faults can
 * be put between it and who asks.
 */
export class TestLedger implements LedgerClient {
  readonly events: { stream: string; event: DomainEvent }[] = [];
  readonly requests: { lines: number; dryRun: boolean }[] = [];
  readonly visibleAsked: string[] = [];
  /** Asked for each line, with its number over all requests from 1. */
  fault: (line: Line, number: number) => Fault = () => undefined;
  /** How often `isVisible` says no. */
  behind = 0;
  now = '2024-06-01T00:00:00.000Z';
  private taken = 0;
  private readonly incidents = new Map<string, IncidentState>();
  private readonly imports = new Map<string, ImportsState>();
  private readonly receipts = new Map<string, LineAnswer>();

  // Async, so that what it throws reaches the caller as a rejection.
  // eslint-disable-next-line @typescript-eslint/require-await
  async postCommands(
    lines: readonly string[],
    { dryRun }: { dryRun: boolean },
  ): Promise<LineAnswer[]> {
    this.requests.push({ lines: lines.length, dryRun });
    const answers: LineAnswer[] = [];
    for (const [i, text] of lines.entries()) {
      const line = JSON.parse(text) as Line;
      const fault = this.fault(line, ++this.taken);
      if (fault === 'busy') {
        const problem = { status: 503, code: 'in-doubt', title: 'In doubt' };
        answers.push({ line: i + 1, status: 503, problem });
        continue;
      }
      const answer = { ...this.take(line, dryRun), line: i + 1 };
      if (fault === 'lost') throw new NotAnswered('the connection broke', answers);
      answers.push(answer);
    }
    return answers;
  }

  async *listed(dataset: string, scope: string, partition: number): AsyncGenerator<ListedRow> {
    await Promise.resolve();
    for (const [incidentId, state] of this.incidents) {
      if (state.status === 'absent' || partitionOf(incidentId) !== partition) continue;
      const row = state.rows[dataset];
      if (row?.scopes.includes(scope)) yield { incidentId, externalId: row.externalId };
    }
  }

  isVisible(_: string, positions: string): Promise<boolean> {
    this.visibleAsked.push(positions);
    return Promise.resolve(this.behind-- <= 0);
  }

  /** Events about incidents. */
  get incidentEvents(): number {
    return this.events.filter((e) => e.event.type.startsWith('incident.')).length;
  }

  state(dataset: string, externalId: string): IncidentState {
    return this.incidents.get(incidentIdOf(dataset, externalId)) ?? initialState;
  }

  running(dataset: string): string | undefined {
    return this.imports.get(datasetStream(dataset))?.running?.edition;
  }

  private take(line: Line, dryRun: boolean): Omit<LineAnswer, 'line'> {
    const known = this.receipts.get(line.idempotencyKey);
    if (known?.receipt) return { status: 200, receipt: { ...known.receipt, replayed: true } };
    const parsed = isCommandName(line.command) && parseCommand(line.command, line.data);
    if (!parsed || !parsed.ok) {
      const errors = parsed
        ? parsed.issues.map((i) => ({ path: i.path.join('.'), message: i.message }))
        : [];
      return { status: 400, problem: { status: 400, code: 'invalid', title: 'Invalid', errors } };
    }
    const { command } = parsed;
    const stream = streamOf(command, line);
    const decision = this.decide(command, stream);
    if (!decision.ok) {
      const { code, message } = decision.rejection;
      return { status: 409, problem: { status: 409, code, title: code, detail: message } };
    }
    if (!dryRun) for (const event of decision.events) this.fold(stream, event);
    const version = this.events.filter((e) => e.stream === stream).length;
    const answer: LineAnswer = {
      line: 0,
      status: 200,
      receipt: {
        incidentId: stream,
        version,
        position: `${String(partitionOf(stream))}:${String(this.events.length)}`,
        events: decision.events.map(({ type }, i) => ({ id: String(i), type, version })),
        replayed: false,
      },
      ...(['import-row', 'delist'].includes(command.command) && importOutcome(decision.events)),
    };
    if (decision.events.length > 0 && !dryRun) this.receipts.set(line.idempotencyKey, answer);
    return answer;
  }

  private decide(command: Command, stream: string) {
    const context = { now: this.now };
    switch (command.command) {
      case 'start-import':
      case 'complete-import':
      case 'abandon-import':
        return decideImport(this.imports.get(stream) ?? initialImports, command, context);
      default:
        return decide(this.incidents.get(stream) ?? initialState, command, context, stream);
    }
  }

  private fold(stream: string, event: DomainEvent): void {
    this.events.push({ stream, event });
    if (event.type.startsWith('import.')) {
      const state = this.imports.get(stream) ?? initialImports;
      this.imports.set(stream, evolveImports(state, event as ImportEvent));
    } else {
      const state = this.incidents.get(stream) ?? initialState;
      this.incidents.set(stream, evolve(state, event as IncidentEvent));
    }
  }
}

function streamOf(command: Command, line: Line): string {
  switch (command.command) {
    case 'start-import':
      return datasetStream(command.data.dataset);
    case 'complete-import':
    case 'abandon-import':
      return datasetStream(line.dataset ?? '');
    case 'import-row':
    case 'delist':
      return incidentIdOf(command.data.dataset, command.data.externalId);
    default:
      throw new Error(`no import sends ${command.command}`);
  }
}
