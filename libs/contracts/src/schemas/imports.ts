import { z } from 'zod';
import {
  dataset,
  edition,
  maybeEmptyText,
  object,
  name,
  reason,
  scope,
  sha256Hex,
  text,
  uuid,
} from './values.js';

const count = z.int().min(0);

export const importRunShape = {
  importId: uuid,
  dataset,
  format: text(100),
  edition,
  scope: scope.exactOptional(),
  file: object({ name, sha256: sha256Hex, bytes: count }),
};

export const importCounts = object({
  rows: count,
  created: count,
  revised: count,
  unchanged: count,
  extended: count,
  vanished: count,
  reappeared: count,
  rejected: count,
  eventsWritten: count,
}).meta({ id: 'ImportCounts' });

export const rowReject = object({
  record: count,
  line: count,
  column: maybeEmptyText(1_000).exactOptional(),
  value: maybeEmptyText(1_000).exactOptional(),
  reason,
}).meta({ id: 'RowReject' });

export const rowPresenceShape = {
  dataset,
  scope,
  externalId: text(500),
  edition,
  importId: uuid,
};
