import { crc32 } from 'node:zlib';

/**
 * A fingerprint of bytes: their length and CRC-32.
 *
 * Why CRC: it costs a tenth of a cryptographic hash, and several pages in a row have to agree before anything follows from it.
 */
export const listHashOf = (bytes: Uint8Array): string => `${String(bytes.length)}-${String(crc32(bytes))}`;
