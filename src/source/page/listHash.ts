import { crc32 } from 'node:zlib';

/** Length and CRC-32 of a text; of JSON as it came, as bytes, since it may be as large as a page. */
export const fingerprint = (text: string | Uint8Array): string => `${String(text.length)}-${String(crc32(text))}`;

/**
 * A fingerprint of what a page lists: the length and CRC-32 of the ids of its conversations, in their order.
 *
 * Why not of the page's bytes: that would take a fortieth of a lane's time, and a page of the same conversations brings nothing new, however they are written.
 * Why CRC: several pages in a row have to agree before anything follows from it.
 *
 * @param ids what stands for each conversation: its id, or `fingerprint` where that could not be read
 */
export const listHashOf = (ids: Iterable<string>): string => fingerprint([...ids].join());
