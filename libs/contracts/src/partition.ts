/** Partitions of a ledger's log, on every adapter alike, so that a copy keeps order and chain. */
export const PARTITIONS = 12;

/** The stream of the ledger's own first event; it stands in partition 0 whatever its key hashes to. */
export const LEDGER_STREAM = 'ledger';

/** Java's murmur2 as Kafka's default partitioner uses it (org.apache.kafka.common.utils.Utils). */
function murmur2(bytes: Uint8Array, length: number): number {
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    let k =
      (bytes[i] ?? 0) |
      ((bytes[i + 1] ?? 0) << 8) |
      ((bytes[i + 2] ?? 0) << 16) |
      ((bytes[i + 3] ?? 0) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = length - i;
  if (rest >= 3) h ^= (bytes[i + 2] ?? 0) << 16;
  if (rest >= 2) h ^= (bytes[i + 1] ?? 0) << 8;
  if (rest >= 1) {
    h ^= bytes[i] ?? 0;
    h = Math.imul(h, m);
  }
  h ^= h >>> 13;
  h = Math.imul(h, m);
  h ^= h >>> 15;
  return h;
}

const utf8 = new TextEncoder();
/** Room for the UTF-8 of a usual key, so that hashing one allocates nothing. */
const scratch = new Uint8Array(1_024);

/** The partition of a stream: murmur2 of its UTF-8 key, made positive, modulo `partitions`. */
export function partitionOf(key: string, partitions: number = PARTITIONS): number {
  if (key === LEDGER_STREAM) return 0;
  const fits = key.length * 3 <= scratch.length;
  const bytes = fits ? scratch : utf8.encode(key);
  const length = fits ? utf8.encodeInto(key, scratch).written : bytes.length;
  return (murmur2(bytes, length) & 0x7fffffff) % partitions;
}
