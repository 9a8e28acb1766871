import { describe } from '@jest/globals';
import { describeAppending } from './contract/appending.js';
import { describeFollowing } from './contract/following.js';
import type { OpenedLog } from './contract/fixture.js';
import { describeRandomHistories } from './contract/random.js';
import { describeReading } from './contract/reading.js';

export type { OpenedLog };

/**
 * The contract that every adapter of the event log keeps. It assumes nothing about offsets but
 * that they grow, and waits for conditions, so that it holds for a log over a network too.
 * @param open gives a new, empty log each time
 * @param runs how many random histories are tried
 */
export function describeEventLogContract(
  name: string,
  open: () => Promise<OpenedLog>,
  { runs = 25 }: { runs?: number } = {},
): void {
  describe(`event log contract: ${name}`, () => {
    describeAppending(open);
    describeReading(open);
    describeFollowing(open);
    describeRandomHistories(open, runs);
  });
}
