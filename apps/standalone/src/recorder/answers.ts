import type { RejectionCode } from '#libs/domain';
import { Problem } from '#libs/platform';
import type { Answer, Receipt } from '#libs/recording';

/** An answer that wrote nothing. */
export type Refusal = Exclude<Answer, { kind: 'accepted' }>;

/** What a command that was accepted is answered with. */
export interface ReceiptBody {
  incidentId: string;
  version: number;
  position: string;
  events: { id: string; type: string; version: number }[];
  replayed: boolean;
}

/** Rules that the request itself breaks are 400, what is not there is 404, all else is 409. */
const STATUS: Partial<Record<RejectionCode, number>> = {
  'incident-absent': 404,
  'claim-absent': 404,
  'link-absent': 404,
  'figures-out-of-order': 400,
  'end-before-start': 400,
  'claim-later-than-report': 400,
  'reported-in-future': 400,
  'rationale-missing': 400,
  'merge-into-itself': 400,
  'link-to-itself': 400,
  'row-invalid': 400,
};

export function receiptBody(receipt: Receipt): ReceiptBody {
  const { streamId, version, position, events, replayed } = receipt;
  return { incidentId: streamId, version, position, events, replayed };
}

/** Why a command wrote nothing, for the caller. */
export function problemOf(answer: Refusal): Problem {
  switch (answer.kind) {
    case 'rejected': {
      const { code, message, field } = answer.rejection;
      return new Problem({
        status: STATUS[code] ?? 409,
        code,
        detail: message,
        ...(field !== undefined && { errors: [{ path: field, message }] }),
        extensions: { version: answer.version },
      });
    }
    case 'conflict':
      return new Problem({
        status: 412,
        code: 'version-differs',
        detail:
          `It is at version ${String(answer.version)} now. Look at what changed, ` +
          'then send the command again with that version.',
        extensions: { version: answer.version },
      });
    case 'key-reused':
      return new Problem({
        status: 422,
        code: 'idempotency-key-reused',
        detail: 'This Idempotency-Key was used for another command: send this one with a new key.',
      });
    case 'too-large':
      return new Problem({ status: 413, code: 'too-large', detail: answer.detail });
    case 'overloaded':
      return new Problem({
        status: 429,
        code: 'queue-full',
        detail:
          'Too many commands are waiting. Send this one again, with the same key, in a moment.',
        retryAfter: answer.retryAfterSeconds,
      });
    case 'unavailable':
      return new Problem({
        status: 503,
        code: 'in-doubt',
        detail: `${answer.detail} Send it again with the same Idempotency-Key.`,
        retryAfter: answer.retryAfterSeconds,
      });
    default:
      return answer satisfies never;
  }
}
