/** Appends big-endian values to a buffer that grows as needed. */
export class ByteWriter {
  private buffer: Buffer;
  private end = 0;

  constructor(capacity = 4096) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.end;
  }

  int16(value: number): void {
    this.room(2);
    this.end = this.buffer.writeInt16BE(value, this.end);
  }

  int32(value: number): void {
    this.room(4);
    this.end = this.buffer.writeInt32BE(value, this.end);
  }

  /** The two halves of a 64-bit integer: `high` signed, `low` unsigned. */
  int64(high: number, low: number): void {
    this.room(8);
    this.end = this.buffer.writeInt32BE(high, this.end);
    this.end = this.buffer.writeUInt32BE(low, this.end);
  }

  bigint64(value: bigint): void {
    this.room(8);
    this.end = this.buffer.writeBigInt64BE(value, this.end);
  }

  float64(value: number): void {
    this.room(8);
    this.end = this.buffer.writeDoubleBE(value, this.end);
  }

  byte(value: number): void {
    this.room(1);
    this.end = this.buffer.writeUInt8(value, this.end);
  }

  /** Writes the bytes that the hex digits stand for. */
  hex(digits: string): void {
    const bytes = digits.length >> 1;
    this.room(bytes);
    if (this.buffer.write(digits, this.end, bytes, 'hex') !== bytes) {
      throw new TypeError(`not hex digits: ${digits}`);
    }
    this.end += bytes;
  }

  /** Writes the text in UTF-8 and gives the number of bytes that it took. */
  utf8(text: string): number {
    this.room(text.length * 3);
    const written = this.buffer.write(text, this.end, 'utf8');
    this.end += written;
    return written;
  }

  bytes(value: Uint8Array): void {
    this.room(value.byteLength);
    this.buffer.set(value, this.end);
    this.end += value.byteLength;
  }

  /** Overwrites four bytes written before, for lengths that are known only afterwards. */
  patchInt32(value: number, at: number): void {
    this.buffer.writeInt32BE(value, at);
  }

  /** What was written. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.end);
  }

  private room(bytes: number): void {
    const needed = this.end + bytes;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.end);
    this.buffer = grown;
  }
}
