/** Up to here a loop beats the call into Node's encoder. */
const SHORT = 24;

/** Appends big-endian values to a buffer that grows as needed. */
export class ByteWriter {
  private buffer: Buffer;
  private view: DataView;
  private end = 0;

  constructor(capacity = 4096) {
    this.buffer = Buffer.allocUnsafeSlow(capacity);
    this.view = viewOf(this.buffer);
  }

  get length(): number {
    return this.end;
  }

  int16(value: number): void {
    this.room(2);
    this.view.setInt16(this.end, value);
    this.end += 2;
  }

  /** Throws RangeError on what 32 bits cannot hold, which would be written as something else. */
  int32(value: number): void {
    if ((value | 0) !== value) throw new RangeError(`${String(value)} is not a 32-bit integer`);
    this.room(4);
    this.view.setInt32(this.end, value);
    this.end += 4;
  }

  /** The two halves of a 64-bit integer: `high` signed, `low` unsigned. */
  int64(high: number, low: number): void {
    this.room(8);
    this.view.setInt32(this.end, high);
    this.view.setUint32(this.end + 4, low);
    this.end += 8;
  }

  bigint64(value: bigint): void {
    this.room(8);
    this.view.setBigInt64(this.end, value);
    this.end += 8;
  }

  float64(value: number): void {
    this.room(8);
    this.view.setFloat64(this.end, value);
    this.end += 8;
  }

  byte(value: number): void {
    this.room(1);
    this.view.setUint8(this.end, value);
    this.end += 1;
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
    const written =
      text.length <= SHORT && this.ascii(text)
        ? text.length
        : this.buffer.write(text, this.end, 'utf8');
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
    this.view.setInt32(at, value);
  }

  /** What was written. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.end);
  }

  /** Puts the text behind the end when all of it is ASCII; false when it is not. */
  private ascii(text: string): boolean {
    const { buffer, end } = this;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[end + i] = code;
    }
    return true;
  }

  private room(bytes: number): void {
    const needed = this.end + bytes;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.end);
    this.buffer = grown;
    this.view = viewOf(grown);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
