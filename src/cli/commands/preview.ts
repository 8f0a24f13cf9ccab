import { EXIT } from '../../model/errors.js';
import type { Command } from '../command.js';

/**
 * `gcx preview <job>`: one page as rows. Writes nothing.
 *
 * Shape of the JSON: `{command, job, partition, conversations, outsideWindow, nextPage, tables: [{name, total, columns: [name], rows: [[cell]]}]}`; timestamps are ISO-8601 text,
 * maps are objects, integers that JSON cannot hold exactly are text.
 */
export const preview: Command = {
  name: 'preview',
  positional: '<job>',
  summary: 'fetch one page and print the rows each table would get; write nothing',
  options: { rows: { describe: 'rows of each table to print, 1 to 1,000', value: 'N', fallback: '5' } },
  async handle(context) {
    const { args, parts, screen, world, log } = context;
    const { jobArgument } = await import('../jobArgument.js');
    const { previewText, previewDocument } = await import('../previewText.js');
    const rows = args.whole('rows', { min: 1, max: 1000 }) ?? 5;
    args.check();
    const { settings, job } = await parts.loadJob(context, jobArgument(args));
    const opened = await parts.openJob({ world, settings, job, log });
    try {
      const found = await opened.preview(rows);
      screen.print(previewText(found, screen.style));
      screen.document({ command: 'preview', job: job.name, ...previewDocument(found) });
    } finally {
      await opened.close();
    }
    return EXIT.done;
  },
};
