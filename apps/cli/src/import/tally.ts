import type { ImportCounts, RowReject } from '#libs/domain';
import type { LineAnswer, Receipt } from './client.js';
import { ImportRefused } from './errors.js';
import type { ImportReport } from './options.js';
import type { RowPlace } from './run.js';
import { problemText } from './sender.js';

const KEPT = 100;

/** A receipt that was given twice says no more what the row came to: its events do. */
function outcomeOf({ outcome, receipt }: LineAnswer): LineAnswer['outcome'] {
  if (outcome !== undefined) return outcome;
  const types = receipt?.events.map((e) => e.type.replace(/^conflict\./, '')) ?? [];
  if (types.includes('incident.reported')) return 'created';
  if (types.includes('incident.delisted')) return 'vanished';
  if (types.includes('incident.relisted')) return 'reappeared';
  return types.length > 1 ? 'revised' : 'unchanged';
}

/** Adds up what the lines of a run came to. */
export class Tally {
  readonly counts: ImportCounts = {
    rows: 0,
    created: 0,
    revised: 0,
    unchanged: 0,
    extended: 0,
    vanished: 0,
    reappeared: 0,
    rejected: 0,
    eventsWritten: 0,
  };
  /** Rows that have been settled, for showing how far the run is. */
  settled = 0;
  private readonly revisions: (ImportReport['revisions'][number] & { record: number })[] = [];
  private readonly rejects: RowReject[];
  private readonly delisted: string[] = [];
  private readonly positions = new Map<string, bigint>();

  constructor(
    private readonly dryRun: boolean,
    rejects: readonly RowReject[],
    private readonly onReject: (reject: RowReject) => void,
  ) {
    this.rejects = [...rejects];
  }

  /** What an `import-row` line was answered. */
  takeRow(answer: LineAnswer, { record, line, externalId }: RowPlace): void {
    this.settled++;
    if (!answer.receipt) {
      this.refused(answer, { record, line });
      return;
    }
    this.takeReceipt(answer.receipt);
    const outcome = outcomeOf(answer);
    if (outcome !== undefined) this.counts[outcome]++;
    if (outcome === 'unchanged' && answer.extended === true) this.counts.extended++;
    const fields = answer.fields ?? [];
    if (outcome !== 'revised' && fields.length === 0) return;
    if (this.revisions.length < KEPT)
      this.revisions.push({ record, incidentId: answer.receipt.incidentId, externalId, fields });
  }

  /** What a `delist` line was answered. */
  takeDelist(answer: LineAnswer, externalId: string): void {
    if (!answer.receipt) {
      // Nobody lists it any more: what was wanted is so.
      if (answer.problem?.code === 'not-listed') return;
      throw refusal(answer, `${externalId} could not be delisted`);
    }
    this.takeReceipt(answer.receipt);
    this.addVanished(externalId);
  }

  addVanished(externalId: string): void {
    this.counts.vanished++;
    if (this.delisted.length < KEPT) this.delisted.push(externalId);
  }

  takeReceipt({ position, events }: Receipt, incident = true): void {
    if (this.dryRun || events.length === 0) return;
    if (incident) this.counts.eventsWritten += events.length;
    const [partition = '', offset = ''] = position.split(':');
    if (!/^\d+$/.test(offset)) return;
    const reached = BigInt(offset);
    if (reached > (this.positions.get(partition) ?? -1n)) this.positions.set(partition, reached);
  }

  /** How far queries must be to show the run: `p:offset` of each partition it wrote to. */
  get after(): string {
    return [...this.positions].map(([p, offset]) => `${p}:${String(offset)}`).join(',');
  }

  get firstRejects(): RowReject[] {
    return this.rejects.toSorted((a, b) => a.record - b.record).slice(0, KEPT);
  }

  report(importId: string, seconds: number): ImportReport {
    return {
      ...this.counts,
      seconds,
      importId,
      revisions: this.revisions
        .toSorted((a, b) => a.record - b.record)
        .map(({ record: _, ...revision }) => revision),
      rejects: this.firstRejects,
      delisted: this.delisted,
    };
  }

  private refused(answer: LineAnswer, at: { record: number; line: number }): void {
    const { problem } = answer;
    if (!problem || answer.status === 401 || answer.status === 403)
      throw refusal(answer, 'The ledger refused the rows');
    const column = problem.errors?.[0]?.path.replace(/^data\./, '');
    const reject = {
      ...at,
      ...(column !== undefined && column !== '' && { column: column.slice(0, 1_000) }),
      reason: problemText(problem).slice(0, 5_000),
    };
    this.counts.rejected++;
    if (this.rejects.length < KEPT) this.rejects.push(reject);
    this.onReject(reject);
  }
}

/** The error for an answer that is a problem, in the ledger's own words. */
export function refusal(answer: LineAnswer, what: string): ImportRefused {
  const { problem, status } = answer;
  const why = problem ? problemText(problem) : `status ${String(status)}`;
  return new ImportRefused(1, problem?.code ?? 'refused', `${what}: ${why}`);
}
