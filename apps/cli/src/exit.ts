import { CommanderError } from 'commander';
import { ConfigError } from '#libs/platform';
import { LogError, LogUrlError } from '#libs/event-log';
import { ImportRefused } from './import/index.js';

/** 0 done, 1 failed, 2 wrong usage, 3 refused because of the input, 4 a check found something. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** A failure that is told to the person at the terminal in its own words. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    readonly exitCode: ExitCode,
    readonly code: string,
    message: string,
    options?: ErrorOptions & { retryable?: boolean },
  ) {
    super(message, options);
    this.retryable = options?.retryable ?? false;
  }

  readonly retryable: boolean;
}

export function wrongUsage(message: string): CliError {
  return new CliError(2, 'usage', message);
}

export interface End {
  exitCode: ExitCode;
  code: string;
  message: string;
  /** It stands on stderr already. */
  said?: true;
}

/** How the process ends after an error, and what it says. */
export function endOf(error: unknown): End {
  if (error instanceof CommanderError)
    return {
      exitCode: error.exitCode === 0 ? 0 : 2,
      code: error.code,
      message: error.message,
      said: true,
    };
  if (error instanceof CliError || error instanceof ImportRefused)
    return { exitCode: error.exitCode, code: error.code, message: error.message };
  if (error instanceof ConfigError || error instanceof LogUrlError)
    return { exitCode: 2, code: error.code, message: error.message };
  if (error instanceof LogError) return { exitCode: 1, code: error.code, message: error.message };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: 1, code: 'failed', message };
}
