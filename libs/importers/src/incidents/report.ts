import { parseCommand } from '#libs/contracts';
import type { CommandDataByName } from '#libs/domain';
import { decide, initialState } from '#libs/domain';

export type Report = CommandDataByName['report'];
export type ReadReport = { ok: true; report: Report } | { ok: false; path: string; reason: string };

/** Nothing is too far in the future for this clock: the ledger itself checks that. */
const NO_CLOCK = { now: '9999-01-01T00:00:00.000Z' };
/** A report's rules do not ask for which incident it is. */
const NO_INCIDENT = '';

/**
 * Reads the body of a report as the API would: by its schema, then by the rules of the report
 * command. Gives the first thing that is wrong, with its path (`claims.0.best`).
 */
export function readReport(body: unknown): ReadReport {
  const parsed = parseCommand('report', body);
  if (!parsed.ok) {
    const [issue] = parsed.issues;
    const path = issue?.path.map(String).join('.') ?? '';
    return { ok: false, path, reason: issue?.message ?? 'not a report' };
  }
  const { command } = parsed;
  if (command.command !== 'report') return { ok: false, path: '', reason: 'not a report' };
  const decision = decide(initialState, command, NO_CLOCK, NO_INCIDENT);
  return decision.ok
    ? { ok: true, report: command.data }
    : { ok: false, path: decision.rejection.field ?? '', reason: decision.rejection.message };
}
