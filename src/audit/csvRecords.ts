import { Unreadable } from './unreadable.js';

/** A CSV record: NULL is an empty unquoted field, the empty string a quoted one. */
export type CsvRecord = readonly (string | null)[];

/** A record without an end within so many bytes has lost its closing quote. */
const LONGEST_RECORD_BYTES = 64 * 1024 * 1024;

const QUOTE = 0x22;
const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into records by RFC 4180, with `\n` line ends.
 *
 * Invariant: memory is bounded by the longest record and one chunk.
 */
export class CsvRecords {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #longest: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #quoted = false;
  #records = 0;

  constructor(longestRecordBytes = LONGEST_RECORD_BYTES) {
    this.#longest = longestRecordBytes;
  }

  /** The records that end in this chunk. @throws Unreadable where the text breaks the grammar or is not UTF-8 */
  push(chunk: Uint8Array): CsvRecord[] {
    // An inner quote is doubled, so it toggles twice: outside quotes is where the count is even.
    let end = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === QUOTE) this.#quoted = !this.#quoted;
      else if (byte === NEWLINE && !this.#quoted) end = i + 1;
    }
    const rest = chunk.subarray(end);
    const complete = end === 0 ? [] : [...this.#pending, chunk.subarray(0, end)];
    this.#pending = end === 0 ? [...this.#pending, rest] : [rest];
    this.#pendingBytes = end === 0 ? this.#pendingBytes + rest.length : rest.length;
    if (this.#pendingBytes > this.#longest) throw new Unreadable(`record ${String(this.#records + 1)} does not end: a quote is missing`);
    return complete.length === 0 ? [] : this.#parse(complete);
  }

  /** Call it after the last chunk. @throws Unreadable where the last record has no end */
  finish(): void {
    if (this.#pendingBytes > 0) throw new Unreadable(`record ${String(this.#records + 1)} does not end: the file is cut off`);
  }

  #parse(parts: readonly Uint8Array[]): CsvRecord[] {
    const text = this.#decode(parts);
    const records: CsvRecord[] = [];
    for (let at = 0; at < text.length; ) {
      const fields: (string | null)[] = [];
      this.#records++;
      at = this.#record(text, at, fields);
      records.push(fields);
    }
    return records;
  }

  #decode(parts: readonly Uint8Array[]): string {
    const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    try {
      return this.#decoder.decode(bytes);
    } catch (error) {
      throw new Unreadable(`after record ${String(this.#records)}: bytes that are not UTF-8`, { cause: error });
    }
  }

  /** Reads one record from `at`; gives the place after its line end. */
  #record(text: string, at: number, fields: (string | null)[]): number {
    for (;;) {
      const isQuoted = text.charCodeAt(at) === QUOTE;
      const end = isQuoted ? this.#closingQuote(text, at) + 1 : this.#fieldEnd(text, at);
      if (isQuoted) fields.push(text.slice(at + 1, end - 1).replaceAll('""', '"'));
      else fields.push(end === at ? null : text.slice(at, end));
      const after = text.charCodeAt(end);
      if (after === NEWLINE) return end + 1;
      if (after !== 0x2c) throw new Unreadable(`record ${String(this.#records)}, field ${String(fields.length)}: text after the closing quote`);
      at = end + 1;
    }
  }

  #closingQuote(text: string, open: number): number {
    for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 2)) {
      if (text.charCodeAt(at + 1) !== QUOTE) return at;
    }
    throw new Unreadable(`record ${String(this.#records)}: a quoted field does not end`);
  }

  #fieldEnd(text: string, start: number): number {
    for (let at = start; ; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x2c || code === NEWLINE) return at;
      if (code === QUOTE || code === 0x0d || Number.isNaN(code)) throw new Unreadable(`record ${String(this.#records)}: a quote or line break in an unquoted field`);
    }
  }
}
