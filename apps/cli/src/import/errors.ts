import { ImportFileError } from '#libs/importers';

/** Exit codes of the command line: 1 failed, 2 wrong usage, 3 refused because of the input. */
export type ExitCode = 1 | 2 | 3;

/** Why an import did not happen, or not to its end, in words for the person who started it. */
export class ImportRefused extends Error {
  constructor(
    readonly exitCode: ExitCode,
    readonly code: string,
    message: string,
    options?: ErrorOptions & { retryable?: boolean },
  ) {
    super(message, options);
    this.name = 'ImportRefused';
    this.retryable = options?.retryable ?? false;
  }

  readonly retryable: boolean;
}

export function wrongUsage(code: string, message: string): ImportRefused {
  return new ImportRefused(2, code, message);
}

/** A file that cannot be imported is refused, a stop is told; other errors are passed on. */
export function refusedBy(error: unknown): unknown {
  if (error instanceof ImportFileError)
    return new ImportRefused(3, error.code, error.message, { cause: error });
  if ((error as { name?: unknown } | undefined)?.name === 'AbortError')
    return new ImportRefused(1, 'interrupted', 'The import was stopped; what was recorded stays.', {
      cause: error,
    });
  return error;
}
