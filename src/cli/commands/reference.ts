import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '../../model/errors.js';
import type { Command } from '../command.js';

/**
 * `gcx reference` (hidden): writes the files that are made from the code, into `schema/` and `docs/` of the working folder or `--output`.
 *
 * Shape of the JSON: `{command, files: [path]}`.
 */
export const reference: Command = {
  name: 'reference',
  positional: '',
  summary: false,
  options: {},
  async handle(context) {
    const { args, options, screen, world } = context;
    args.check();
    const { referenceFiles } = await import('../referenceFiles.js');
    const root = options.output ?? world.cwd;
    const written: string[] = [];
    for (const [path, text] of Object.entries(referenceFiles())) {
      const target = join(root, path);
      await mkdir(join(target, '..'), { recursive: true });
      await writeFile(target, text);
      written.push(target);
    }
    screen.print(written.join('\n'));
    screen.document({ command: 'reference', files: written });
    return EXIT.done;
  },
};
