import type { MessagePort } from 'node:worker_threads';
import type { LaneWork } from './laneWork.js';
import { packError, type LaneAnswer, type LaneRequest } from './laneProtocol.js';

/** One after the other. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

const answer = async (work: LaneWork, request: LaneRequest, tables: Turns): Promise<{ readonly answer: LaneAnswer; readonly transfer: ArrayBuffer[] }> => {
  try {
    if (request.type === 'table') return { answer: { id: request.id, value: await tables.take(() => work.writeTable(request.job)), spare: [] }, transfer: [] };
    const { body, kind, label, room } = request;
    const page = await work.decodePage(body, kind, label, room);
    const block = page.content.block.buffer;
    const spare = room === undefined || room === block ? [body.buffer] : [body.buffer, room];
    return { answer: { id: request.id, value: page, spare }, transfer: [block, ...spare] };
  } catch (error) {
    return { answer: { id: request.id, error: packError(error) }, transfer: [] };
  }
};

/**
 * Serves a lane's work to the thread at the other end of a port.
 *
 * Why tables in turn: a thread has one processor, and every table that is being written holds a row group and blocks in memory.
 */
export const serveLane = (port: MessagePort, work: LaneWork): void => {
  const tables = new Turns();
  port.on('message', (request: LaneRequest) => {
    void answer(work, request, tables).then((done) => {
      port.postMessage(done.answer, done.transfer);
    });
  });
};
