import { crc32 } from 'node:zlib';

/**
 * A fingerprint of what a page lists: the length and CRC-32 of its conversations' ids, in their order.
 *
 * Why no more than that: of the bytes it would take a fortieth of a lane's time, and a page with the conversations of an earlier one brings nothing new, however they are written. Several pages in a row have to
 * agree before anything follows from it.
 */
export const listHashOf = (ids: Iterable<string>): string => {
  const listed = [...ids].join();
  return `${String(listed.length)}-${String(crc32(listed))}`;
};
