import { ConfigError } from '../model/errors.js';

/**
 * The values of all promises, in their order; or one error with the problems of all that were refused, each once, and the remedy of the first.
 *
 * @throws ConfigError; what is no ConfigError is thrown as it is
 */
export const together = async <T extends readonly Promise<unknown>[] | []>(promises: T): Promise<{ -readonly [At in keyof T]: Awaited<T[At]> }> => {
  const settled = await Promise.allSettled(promises);
  const reasons: unknown[] = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const unforeseen = reasons.find((reason) => !(reason instanceof ConfigError));
  if (unforeseen !== undefined) throw unforeseen;
  const refused = reasons.filter((reason) => reason instanceof ConfigError);
  if (refused.length > 0) {
    const remedy = refused.find((error) => error.remedy !== undefined)?.remedy;
    // Jobs that are read one by one share their configuration file, and what is wrong with it.
    const problems = new Map(refused.flatMap((error) => error.problems).map((problem) => [`${problem.where}\n${problem.what}`, problem]));
    throw new ConfigError([...problems.values()], remedy === undefined ? {} : { remedy });
  }
  return Promise.all(promises);
};
