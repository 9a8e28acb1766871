import type { RowFormat } from '../format.js';
import { firstCharacter } from '../source/peek.js';
import { readIncidentsCsv } from './csv.js';
import { readNdjson } from './ndjson.js';

/**
 * Our own format, as CSV or NDJSON (told by the content: NDJSON begins with `{`). Every row says
 * when it was reported, or the file's date holds for it. External id: `externalId`.
 */
export const incidents: RowFormat = {
  name: 'incidents',
  async *read(file, { reportedAt }, tap) {
    const json = (await firstCharacter(file)) === '{';
    yield* json ? readNdjson(file, reportedAt, tap) : readIncidentsCsv(file, reportedAt, tap);
  },
};
