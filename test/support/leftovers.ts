type Work = () => Promise<void> | void;

const afterTest: Work[] = [];
const afterFile: Work[] = [];

const runAll = async (queue: Work[]): Promise<void> => {
  for (const work of queue.splice(0)) await work();
};

/** Does something after the test at hand. */
export const whenTestEnds = (work: Work): void => {
  afterTest.push(work);
};

/** Does something when the test file at hand is done. */
export const whenFileEnds = (work: Work): void => {
  afterFile.push(work);
};

/** For test/setup.ts, which vitest runs anew for each test file. */
export const testEnds = (): Promise<void> => runAll(afterTest);

/** For test/setup.ts. */
export const fileEnds = (): Promise<void> => runAll(afterFile);
