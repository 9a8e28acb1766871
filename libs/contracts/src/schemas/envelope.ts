import { z } from 'zod';

const extension = z.string();
const hex = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits in lower case');

/**
 * The CloudEvents attributes of an event as stored, all but `type`, `dataschema` and `data`, which
 * go by the event's type. Loose: readers keep and hash extension attributes that they do not know.
 */
export const envelopeSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: z.string().regex(/^\/conflict-ledger\/[0-9a-f-]{36}$/, 'must name a ledger by its id'),
  type: z.string(),
  subject: z.string().min(1),
  time: z.iso.datetime({ precision: 3 }),
  datacontenttype: z.literal('application/json'),
  dataschema: z.string(),
  streamversion: z.int().min(1),
  recordedby: extension,
  recordedbyrole: extension,
  causationid: extension,
  commandhash: hex,
  correlationid: extension,
  prevhash: hex,
  hash: hex,
  traceparent: extension.exactOptional(),
  tracestate: extension.exactOptional(),
  data: z.unknown(),
});
