const SCRIPT = `
import { parentPort, threadId } from 'node:worker_threads';
let writing = 0;
parentPort.on('message', ({ id, type, job, body, looks }) => {
  const answer = (value, spare = []) => parentPort.postMessage({ id, value, spare }, spare);
  if (type === 'looks') return answer(Uint8Array.of(looks.length));
  if (type === 'page') return answer({ bytes: body.length, thread: threadId }, [body.buffer]);
  if (job.attemptId === 'dies') process.exit(3);
  writing += 1;
  const atOnce = writing;
  setTimeout(() => {
    writing -= 1;
    if (job.attemptId === 'fails') parentPort.postMessage({ id, error: { name: 'SinkError', message: 'disk full' } });
    else answer([{ table: job.table, atOnce, thread: threadId }]);
  }, Number(job.attemptId) || 1);
});
parentPort.postMessage('ready');
`;

/**
 * A lane thread for tests of the pool, which answers with what it was asked.
 *
 * A table takes as many milliseconds as its attempt id says, and is answered with how many were written at once; `fails` and `dies` do so.
 * With a page and a table comes the number of the thread.
 */
export const scriptedLane = new URL(`data:text/javascript,${encodeURIComponent(SCRIPT)}`);
