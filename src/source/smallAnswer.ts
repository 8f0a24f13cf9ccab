import type * as z from 'zod';
import { DecodeError } from '../model/errors.js';
import type { ApiResponse } from '../model/send.js';
import { answerText } from './answerText.js';

/**
 * Decodes an answer of a few fields.
 *
 * @throws DecodeError with the path of the field; free of values.
 */
export const parseSmall = <T>(schema: z.ZodType<T>, response: Pick<ApiResponse, 'body'>, label: string): T => {
  let value: unknown;
  try {
    value = JSON.parse(answerText(response.body, label));
  } catch (error) {
    // Without a cause: the parser's message quotes the text.
    throw error instanceof DecodeError ? error : new DecodeError(label, '', 'is not valid JSON');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DecodeError(label, parsed.error.issues[0]?.path.join('.') ?? '', 'is not what we rely on');
};
