import type { MessagePort } from 'node:worker_threads';
import type { LaneWork } from './laneWork.js';
import { packError, type LaneAnswer, type LaneMessage, type LaneRequest } from './laneProtocol.js';

/** An answer, and the memory that it hands over. */
interface Answer {
  readonly answer: LaneAnswer;
  readonly transfer: readonly ArrayBuffer[];
}

const answered = async (work: LaneWork, request: LaneRequest): Promise<Answer> => {
  const { id } = request;
  switch (request.type) {
    case 'table':
      return { answer: { id, value: await work.writeTable(request.job), spare: [] }, transfer: [] };
    case 'looks': {
      const bytes = await work.encodeLooks(request.looks);
      return { answer: { id, value: bytes, spare: [] }, transfer: [bytes.buffer] };
    }
    case 'page': {
      const { body, kind, label, room } = request;
      const page = await work.decodePage(body, kind, label, room);
      const block = page.content.block.buffer;
      const spare = room === undefined || room === block ? [body.buffer] : [body.buffer, room];
      return { answer: { id, value: page, spare }, transfer: [block, ...spare] };
    }
  }
};

const answer = async (work: LaneWork, request: LaneRequest): Promise<Answer> => {
  try {
    return await answered(work, request);
  } catch (error) {
    return { answer: { id: request.id, error: packError(error) }, transfer: [] };
  }
};

/** Serves a lane's work to the thread at the other end of a port, which is told when it begins. */
export const serveLane = (port: MessagePort, work: LaneWork): void => {
  port.on('message', (request: LaneRequest) => {
    void answer(work, request).then((done) => {
      port.postMessage(done.answer satisfies LaneMessage, done.transfer);
    });
  });
  port.postMessage('ready' satisfies LaneMessage);
};
