import { errorCode } from './errors.js';

// What the database says about itself, not about the statement: connection exceptions, rollbacks
// by deadlock or serialisation, insufficient resources, operator intervention, system errors.
const SQLSTATE_CLASSES = new Set(['08', '40', '53', '57', '58']);
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);
// pg gives these no code.
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed and is not queryable|Query read timeout)/;

/**
 * Whether the same work may succeed later without any change: the database is away, restarting,
 * out of room, or rolled us back. Looks through wrappers (`cause`, TypeORM's `driverError`).
 */
export function isTransient(error: unknown): boolean {
  let at = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    const code = errorCode(at);
    if (code !== undefined && SYSTEM_CODES.has(code)) return true;
    if (code !== undefined && isTransientState(code)) return true;
    if ('message' in at && typeof at.message === 'string' && MESSAGES.test(at.message)) return true;
    if ('errors' in at && Array.isArray(at.errors) && at.errors.some(isTransient)) return true;
    at = 'driverError' in at ? at.driverError : 'cause' in at ? at.cause : undefined;
  }
  return false;
}

function isTransientState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && SQLSTATE_CLASSES.has(code.slice(0, 2));
}
