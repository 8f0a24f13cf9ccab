import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { ungzip } from '../../src/source/contentCoding.js';

/*
 * Run as a process of its own: prints by how many bytes its peak resident set grows while bombs of 300 MiB are refused at 64 MiB each,
 * one that announces its length and one that lies about it, and how often they were.
 */

const MIB = 1024 * 1024;
const CAP = 64 * MIB;

const zeros = (mib: number): Uint8Array => gzipSync(Buffer.alloc(mib * MIB));
const lying = (bomb: Uint8Array): Uint8Array => {
  const copy = bomb.slice();
  new DataView(copy.buffer, copy.byteOffset + copy.byteLength - 4, 4).setUint32(0, 1, true);
  return copy;
};

/** Source: proc(5), VmHWM; writing 5 to clear_refs begins it anew. */
const peakBytes = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;

const isRefused = async (bomb: Uint8Array, cap: number): Promise<boolean> => {
  try {
    await ungzip(bomb, cap, 'bomb');
    return false;
  } catch (error) {
    return error instanceof Error && error.message.includes('larger than');
  }
};

const bombs = [zeros(300), lying(zeros(300))];
const small = zeros(3);
// What the first calls take, and the memory that made the bombs, is not theirs.
for (let i = 0; i < 20; i++) await isRefused(small, MIB);
globalThis.gc?.();
writeFileSync('/proc/self/clear_refs', '5');
const before = peakBytes();
let refused = 0;
for (const bomb of bombs) if (await isRefused(bomb, CAP)) refused++;
process.stdout.write(JSON.stringify({ refused, grownBytes: peakBytes() - before }));
