import type { Recorded } from '#libs/domain';
import type { History, Rectangle } from './versions.js';

/** A rectangle that is in the tables already; `current` is the one in `incident`. */
export interface StoredRectangle extends Rectangle {
  current: boolean;
}

/** What a batch does to one incident. */
export interface StreamChange {
  id: string;
  partition: number;
  /** When the incident was first recorded, ms since the epoch. */
  firstRecorded: number;
  /** The state before, current on both axes; undefined for an incident that is new. */
  before: Recorded | undefined;
  /** The state after, current on both axes. */
  after: Recorded;
  history: History<StoredRectangle>;
}
