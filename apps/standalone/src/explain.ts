import { errorCode } from '#libs/platform';

/** Start-up failures in words for the person who started it; other errors with their stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = errorCode(error);
  const known = 'retryable' in error && code !== undefined;
  return known ? error.message : (error.stack ?? error.message);
}

/** The address cannot be listened on. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly retryable = true;
  constructor(
    readonly code: string,
    message: string,
    options: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Says what to do about an address that cannot be listened on. */
export function listenFailure(error: unknown, host: string, port: number): unknown {
  const code = errorCode(error);
  const at = `${host}:${String(port)}`;
  if (code === 'EADDRINUSE')
    return new ListenError(
      code,
      `Port ${String(port)} on ${host} is in use by another program: stop that, or set PORT to another (PORT=0 picks a free one).`,
      { cause: error },
    );
  if (code === 'EACCES')
    return new ListenError(
      code,
      `This user may not listen on ${at}: set PORT to one above 1023 (PORT=0 picks a free one).`,
      { cause: error },
    );
  if (code === 'EADDRNOTAVAIL')
    return new ListenError(code, `This machine has no address ${host}: correct HOST.`, {
      cause: error,
    });
  return error;
}
