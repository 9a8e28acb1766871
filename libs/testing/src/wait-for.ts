import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Default 10 s. */
  timeoutMs?: number;
  /** Between two looks; default 20 ms. */
  everyMs?: number;
  /** What is waited for, for the message when it does not come. */
  what: string;
}

/**
 * Looks again and again until the condition gives something other than false, null or undefined,
 * and gives that back. An error that it throws counts as "not yet" and is the cause of the final one.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20, what }: WaitOptions,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= deadline) {
      throw new Error(`after ${String(timeoutMs)} ms still not: ${what}`, { cause });
    }
    await delay(everyMs);
  }
}
