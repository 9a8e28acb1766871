import type { DomainEvent } from './events.js';

/** Why a command was refused: a stable code, the field it is about, words a person understands. */
export interface Rejection {
  code: RejectionCode;
  message: string;
  field?: string;
}

export const REJECTION_CODES = [
  'incident-exists',
  'incident-absent',
  'incident-merged',
  'incident-retracted',
  'claim-exists',
  'claim-absent',
  'claim-withdrawn',
  'claim-later-than-report',
  'response-exists',
  'rationale-missing',
  'not-open',
  'not-ended',
  'not-lasting',
  'end-before-start',
  'evidence-exists',
  'link-to-itself',
  'link-exists',
  'link-absent',
  'merge-into-itself',
  'merge-target-absent',
  'merge-target-merged',
  'not-merged',
  'already-retracted',
  'not-retracted',
  'reported-in-future',
  'figures-out-of-order',
  'row-invalid',
  'not-listed',
  'import-running',
  'import-not-running',
  'edition-older',
  'edition-differs',
] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

/** What a command comes to: events to write (none: a no-op), or a rejection. */
export type Decision<E extends DomainEvent = DomainEvent> =
  { ok: true; events: E[] } | { ok: false; rejection: Rejection };

/** What `decide` may know besides the state: it reads no clock and looks nothing up. */
export interface DecideContext {
  /** The instant the events will be stamped with (ISO, UTC, milliseconds). */
  now: string;
  /** For `merge`: the status of the target's stream, asked of its owner beforehand. */
  mergeTarget?: 'absent' | 'merged' | 'present';
}

export function accept<E extends DomainEvent>(...events: E[]): Decision<E> {
  return { ok: true, events };
}

export function reject(
  code: RejectionCode,
  message: string,
  field?: string,
): Extract<Decision, { ok: false }> {
  return { ok: false, rejection: { code, message, ...(field !== undefined && { field }) } };
}
