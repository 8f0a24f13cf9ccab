import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type { FaultAction, Framing } from './faults.js';
import type { WireAnswer } from './wire.js';

const MIB = 1_048_576;

const head = (answer: WireAnswer, framing: Framing, length: number): string => {
  const lines = [`HTTP/1.1 ${String(answer.status)} ${STATUS_CODES[answer.status] ?? 'Unknown'}`];
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of typeof value === 'string' ? [value] : value) lines.push(`${name}: ${one}`);
  }
  if (framing === 'content-length') lines.push(`Content-Length: ${String(length)}`);
  else if (framing === 'chunked') lines.push('Transfer-Encoding: chunked');
  else lines.push('Connection: close');
  return `${lines.join('\r\n')}\r\n\r\n`;
};

/** The whole answer as bytes, framed by its length. */
const wholeAnswer = (answer: WireAnswer): Buffer => Buffer.concat([Buffer.from(head(answer, 'content-length', answer.body.length), 'latin1'), answer.body]);

/** Writes, and waits until the kernel has it; a client that is gone already ends it too. */
const put = (socket: Socket, bytes: Buffer): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.write(bytes, () => { resolve(); });
  });

const reset = async (socket: Socket, answer: WireAnswer, afterBytes: number): Promise<void> => {
  if (afterBytes > 0) {
    await put(socket, wholeAnswer(answer).subarray(0, afterBytes));
    // A reset discards what the client has not read: give it the time to.
    await wait(20);
  }
  socket.resetAndDestroy();
};

const drip = async (socket: Socket, answer: WireAnswer, bytes: number, everyMs: number): Promise<void> => {
  const all = wholeAnswer(answer);
  for (let at = 0; at < all.length && !socket.destroyed; at += bytes) {
    await put(socket, all.subarray(at, at + bytes));
    await wait(everyMs);
  }
  socket.end();
};

const truncate = async (socket: Socket, answer: WireAnswer, framing: Framing, keep: number): Promise<void> => {
  const kept = answer.body.subarray(0, Math.floor(answer.body.length * keep));
  const chunk = framing === 'chunked' ? Buffer.concat([Buffer.from(`${answer.body.length.toString(16)}\r\n`), kept]) : kept;
  await put(socket, Buffer.concat([Buffer.from(head(answer, framing, answer.body.length), 'latin1'), chunk]));
  socket.end();
};

const damaged = (plain: Buffer, damage: 'truncated' | 'crc' | 'not-gzip' | 'trailing-garbage'): Buffer => {
  const packed = gzipSync(plain);
  switch (damage) {
    case 'truncated':
      return packed.subarray(0, Math.floor(packed.length / 2));
    case 'crc':
      packed.writeUInt32LE((packed.readUInt32LE(packed.length - 8) ^ 0xffff_ffff) >>> 0, packed.length - 8);
      return packed;
    case 'not-gzip':
      return plain;
    case 'trailing-garbage':
      return Buffer.concat([packed, Buffer.from('garbage after the end')]);
  }
};

function* spaces(bytes: number): Generator<Buffer, void, void> {
  const block = Buffer.alloc(MIB, ' ');
  for (let left = bytes; left > 0; left -= MIB) yield left >= MIB ? block : block.subarray(0, left);
}

const bomb = async (response: ServerResponse, answer: WireAnswer, bytes: number): Promise<void> => {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.setHeader('Content-Encoding', 'gzip');
  try {
    await pipeline(Readable.from(spaces(bytes)), createGzip({ level: 9 }), response);
  } catch {
    response.destroy(); // The client hung up on it, as it should.
  }
};

/**
 * Sends an answer as a broken server or network does; `false` where the fault is none of the wire's, and nothing was sent.
 *
 * `answer.body` must be plain (not compressed) for the gzip faults. Waits are real time: sockets know no other.
 */
export const sendBroken = async (response: ServerResponse, answer: WireAnswer, action: FaultAction): Promise<boolean> => {
  const { socket } = response;
  if (socket === null) return true;
  switch (action.kind) {
    case 'reset':
      await reset(socket, answer, action.afterBytes ?? 0);
      return true;
    case 'hang':
      return true;
    case 'drip':
      await drip(socket, answer, action.bytes, action.everyMs);
      return true;
    case 'truncate':
      await truncate(socket, answer, action.framing, action.keep);
      return true;
    case 'gzip': {
      const body = damaged(answer.body, action.damage);
      await put(socket, wholeAnswer({ ...answer, headers: { ...answer.headers, 'Content-Encoding': 'gzip' }, body }));
      socket.end();
      return true;
    }
    case 'bomb':
      await bomb(response, answer, action.bytes);
      return true;
    default:
      return false;
  }
};
