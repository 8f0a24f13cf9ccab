import * as z from 'zod';
import { errnoCode } from '../model/errnoCode.js';
import type { Findings } from './findings.js';
import { parsedJson } from './parsedJson.js';
import { absolute, namesIn, type Subject } from './subject.js';

const Recorded = z.object({ partition: z.string(), at: z.string(), message: z.string() });

const isDamaged = async (subject: Subject, path: string): Promise<boolean> => {
  try {
    const text = new TextDecoder().decode(await subject.files.readFile(absolute(subject, path)));
    return !Recorded.safeParse(parsedJson(text)).success;
  } catch (error) {
    // A run that exports the partition meanwhile removes the record.
    if (errnoCode(error) === 'ENOENT') return false;
    if (errnoCode(error) === 'EISDIR') return true;
    throw error;
  }
};

/** Reports records of failed partitions that cannot be read: `status` then cannot say why a partition failed. */
export const checkFailureRecords = async (subject: Subject, findings: Findings): Promise<void> => {
  const walk = async (folder: string): Promise<void> => {
    for (const name of await namesIn(subject, folder)) {
      const path = `${folder}/${name}`;
      if (!name.endsWith('.json')) await walk(path);
      else if (!name.startsWith('.') && (await isDamaged(subject, path))) {
        findings.note('failure-record', path, 'it cannot be read', 'Delete it: the next run of the partition writes it anew or needs none.');
      }
    }
  };
  await walk('_failures');
};
