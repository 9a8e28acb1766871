import { isUtf8 } from 'node:buffer';

/** Length of the unfinished UTF-8 sequence at the end of a chunk (0 to 3 bytes). */
function unfinishedTail(chunk: Buffer): number {
  for (let back = 1; back <= Math.min(3, chunk.length); back++) {
    const byte = chunk[chunk.length - back] ?? 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
    if (byte < 0x80) return 0;
  }
  return 0;
}

/**
 * Notices bytes that are not UTF-8 in a stream of chunks. Decoders turn them into U+FFFD without a
 * word, which would record damaged text as if it had been published so.
 */
export class Utf8Watch {
  /** True once bytes have passed that are not UTF-8. */
  broken = false;
  private carry: Buffer = Buffer.alloc(0);

  see(chunk: Buffer): void {
    if (this.broken) return;
    const whole = this.carry.length > 0 ? Buffer.concat([this.carry, chunk]) : chunk;
    const end = whole.length - unfinishedTail(whole);
    this.broken = !isUtf8(whole.subarray(0, end));
    this.carry = Buffer.from(whole.subarray(end));
  }

  end(): void {
    if (this.carry.length > 0) this.broken = true;
  }
}
