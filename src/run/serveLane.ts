import type { MessagePort } from 'node:worker_threads';
import type { LaneWork } from './laneWork.js';
import { packError, type LaneAnswer, type LaneRequest } from './laneProtocol.js';

const answer = async (work: LaneWork, request: LaneRequest): Promise<{ readonly answer: LaneAnswer; readonly transfer: ArrayBuffer[] }> => {
  try {
    if (request.type === 'table') return { answer: { id: request.id, value: await work.writeTable(request.job) }, transfer: [] };
    const page = await work.decodePage(request.body, request.kind, request.label);
    return { answer: { id: request.id, value: page }, transfer: [page.content.block.buffer] };
  } catch (error) {
    return { answer: { id: request.id, error: packError(error) }, transfer: [] };
  }
};

/** Serves a lane's work to the thread at the other end of a port. */
export const serveLane = (port: MessagePort, work: LaneWork): void => {
  port.on('message', (request: LaneRequest) => {
    void answer(work, request).then((done) => {
      port.postMessage(done.answer, done.transfer);
    });
  });
};
