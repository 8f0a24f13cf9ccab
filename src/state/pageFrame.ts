import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { OpenFile } from '../model/files.js';
import type { PageFacts } from '../model/journal.js';

/*
 * A page in a journal segment, little-endian:
 *   u32 magic · u32 length of the facts · u32 length of the block · u32 CRC-32 of the 12 bytes before, facts and block
 *   facts: JSON, padded with spaces to a multiple of 8 · block (model/columns/blockCodec.ts)
 */

const MAGIC = 0x324a_4347; // "GCJ2"
const HEADER = 16;

/** A frame read back. */
export interface Frame {
  readonly facts: PageFacts;
  readonly block: Uint8Array<ArrayBuffer>;
  /** Of the block in the segment. */
  readonly blockOffset: number;
  /** Where the next frame begins. */
  readonly end: number;
}

const crcOf = (head: Uint8Array, facts: Uint8Array, block: Uint8Array): number => crc32(block, crc32(facts, crc32(head.subarray(0, 12))));

const encodeFacts = (facts: PageFacts): Uint8Array => {
  const json = Buffer.from(JSON.stringify(facts));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  return padded;
};

/** The bytes that go before a block in the journal. */
export const frameHead = (facts: PageFacts, block: Uint8Array): Uint8Array => {
  const text = encodeFacts(facts);
  const head = Buffer.alloc(HEADER);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(text.length, 4);
  head.writeUInt32LE(block.length, 8);
  head.writeUInt32LE(crcOf(head, text, block), 12);
  return Buffer.concat([head, text]);
};

/**
 * Reads the frame at a place in a segment of `size` bytes; undefined where there is no whole, undamaged frame.
 *
 * Why no error: the last frame of an unsealed segment may be torn by a crash; the caller knows which case it has.
 */
export const readFrame = async (file: OpenFile, at: number, size: number): Promise<Frame | undefined> => {
  if (at + HEADER > size) return undefined;
  const head = Buffer.from(await file.read(at, HEADER));
  if (head.length < HEADER || head.readUInt32LE(0) !== MAGIC) return undefined;
  const factsLength = head.readUInt32LE(4);
  const blockLength = head.readUInt32LE(8);
  const blockOffset = at + HEADER + factsLength;
  const end = blockOffset + blockLength;
  if (end > size || factsLength % 8 !== 0) return undefined;
  const facts = await file.read(at + HEADER, factsLength);
  const block = await file.read(blockOffset, blockLength);
  if (facts.length !== factsLength || block.length !== blockLength || crcOf(head, facts, block) !== head.readUInt32LE(12)) return undefined;
  return { facts: JSON.parse(new TextDecoder().decode(facts)) as PageFacts, block, blockOffset, end };
};
