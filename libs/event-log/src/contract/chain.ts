import { createHash } from 'node:crypto';
import { GENESIS_HASH } from '#libs/contracts';
import type { LogRecord } from '../port.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Makes the events of one partition, each chained to the one before. */
export class Chain {
  constructor(public hash: string = GENESIS_HASH) {}

  one(text = 'x', subject = 'stream'): LogRecord {
    const prevHash = this.hash;
    const body = { data: { text }, prevhash: prevHash, subject };
    this.hash = sha256(JSON.stringify(body));
    const bytes = Buffer.from(JSON.stringify({ ...body, hash: this.hash }));
    return { key: subject, bytes, prevHash, hash: this.hash };
  }

  many(count: number, text = 'x'): LogRecord[] {
    return Array.from({ length: count }, (_, i) => this.one(`${text} ${String(i)}`));
  }
}

/** Index of the first event whose content or link does not match its hash; -1 when all do. */
export function brokenAt(events: readonly { bytes: Uint8Array }[]): number {
  let prev = GENESIS_HASH;
  return events.findIndex(({ bytes }) => {
    const parsed: unknown = JSON.parse(Buffer.from(bytes).toString());
    const { hash, ...body } = parsed as { hash: string; prevhash: string };
    const links = body.prevhash === prev;
    prev = hash;
    return !links || sha256(JSON.stringify(body)) !== hash;
  });
}

export function at<T>(list: readonly T[], index: number): T {
  const item = list.at(index);
  if (item === undefined) throw new Error(`nothing at ${String(index)} of ${String(list.length)}`);
  return item;
}
