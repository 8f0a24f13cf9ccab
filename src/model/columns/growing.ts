const FIRST_VALUES = 128;
/** Beyond this, memory is not kept. Units: values. */
const KEPT_VALUES = 128 * 1024;
const TWO_32 = 2 ** 32;

/** Bytes, one after the other. Its memory is used again after `clear`; so it is with the others here. */
export class GrowingBytes {
  #values = new Uint8Array(FIRST_VALUES);
  #count = 0;

  append(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Uint8Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
  }

  /** A view, which holds until `clear`. */
  finish(): Uint8Array {
    return this.#values.subarray(0, this.#count);
  }

  clear(): void {
    if (this.#count > KEPT_VALUES) this.#values = new Uint8Array(FIRST_VALUES);
    this.#count = 0;
  }
}

/** 32-bit numbers without sign. */
export class GrowingUint32 {
  #values = new Uint32Array(FIRST_VALUES);
  #count = 0;

  append(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Uint32Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
  }

  /** A view, which holds until `clear`. */
  finish(): Uint32Array {
    return this.#values.subarray(0, this.#count);
  }

  clear(): void {
    if (this.#count > KEPT_VALUES) this.#values = new Uint32Array(FIRST_VALUES);
    this.#count = 0;
  }
}

/** 32-bit numbers with a sign. */
export class GrowingInt32 {
  readonly #values = new GrowingUint32();

  append(value: number): void {
    this.#values.append(value);
  }

  /** A view, which holds until `clear`. */
  finish(): Int32Array {
    const { buffer, byteOffset, length } = this.#values.finish();
    return new Int32Array(buffer, byteOffset, length);
  }

  clear(): void {
    this.#values.clear();
  }
}

/** 64-bit numbers with a sign, as two halves each: making a bigint of every number would cost an allocation. */
export class GrowingInt64 {
  readonly #halves = new GrowingUint32();

  /** @param value a safe integer. */
  appendNumber(value: number): void {
    this.#halves.append(value);
    this.#halves.append(Math.floor(value / TWO_32));
  }

  append(value: bigint): void {
    this.#halves.append(Number(BigInt.asUintN(32, value)));
    this.#halves.append(Number(BigInt.asUintN(32, value >> 32n)));
  }

  /** A view, which holds until `clear`. */
  finish(): BigInt64Array {
    const { buffer, byteOffset, length } = this.#halves.finish();
    return new BigInt64Array(buffer, byteOffset, length / 2);
  }

  clear(): void {
    this.#halves.clear();
  }
}
