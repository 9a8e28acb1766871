/** Where a log is: what `--log` on the command line names. */
export interface LogUrl {
  kind: 'embedded';
  /** As given; relative to the working directory. */
  dir: string;
}

/** A `--log` that names no log. */
export class LogUrlError extends Error {
  override readonly name = 'LogUrlError';
  readonly code = 'log-url';
  readonly retryable = false;
}

/**
 * Reads `embedded:DIR`, for example `embedded:.ledger/log`.
 * @throws LogUrlError naming the forms that are supported
 */
export function parseLogUrl(url: string): LogUrl {
  const at = url.indexOf(':');
  const [kind, rest] = [url.slice(0, at), url.slice(at + 1)];
  if (at < 0 || kind !== 'embedded')
    throw new LogUrlError(
      `"${url}" is not a log this version can open: write embedded:DIR, for example embedded:.ledger/log`,
    );
  if (rest === '')
    throw new LogUrlError(
      `"${url}" names no directory: write embedded:DIR, for example embedded:.ledger/log`,
    );
  return { kind, dir: rest };
}
