import { join, relative } from 'node:path';
import { bytesText, countText, durationText, plural } from './figures.js';
import type { CurrentFile } from './openedJob.js';
import type { ParquetLook } from './parquetLook.js';
import { cellText } from './previewText.js';
import type { Style } from './screen.js';
import { renderTable } from './table.js';

/** What a demo has to show. */
export interface DemoResult {
  readonly root: string;
  readonly cwd: string;
  readonly files: readonly CurrentFile[];
  readonly look: ParquetLook | undefined;
  /** Nothing was exported: an earlier demo had done it. */
  readonly nothingDue: boolean;
  /** `gcx demo --force`, as the reader has to type it. */
  readonly again: string;
  /** What starts this program in the reader's shell. */
  readonly program: string;
  /** The whole demo. Units: milliseconds. */
  readonly elapsedMs: number;
}

/** Columns that fit beside each other at 80 characters. */
const SHOWN = ['conversation_id', 'name', 'value', 'participant_purpose', 'media_type'] as const;

const filesTable = ({ files, root }: DemoResult, style: Style): string =>
  renderTable(
    [{ title: 'rows', align: 'right' }, { title: 'size', align: 'right' }, { title: 'file', whole: true }],
    files.map((file) => [countText(file.rows), bytesText(file.bytes), relative(join(root, 'demo'), file.path)]),
    style,
  );

const tableCounts = (files: readonly CurrentFile[]): string => {
  const totals = new Map<string, number>();
  for (const file of files) totals.set(file.table, (totals.get(file.table) ?? 0) + file.rows);
  return [...totals].map(([table, rows]) => `${countText(rows)} ${table}`).join(', ');
};

const nextSteps = (program: string, folder: string): readonly string[] => {
  const steps = [
    [`${program} simulate`, 'the same imitation, to try your own jobs on'],
    [`${program} doctor`, 'once config.yaml and your credentials are there'],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  return ['next:', `  duckdb -c "from '${folder}/demo/parquet/participant_attributes/**/*.parquet'"`, ...steps.map(([command, meaning]) => `  ${command.padEnd(width)}   ${meaning}`)];
};

/** The short look at the result: files, row counts, rows read back from Parquet, the time, and what to try next. */
export const demoText = (result: DemoResult, style: Style): string => {
  const { files, look, root, cwd } = result;
  const near = relative(cwd, root) === '' ? '.' : relative(cwd, root);
  const folder = near.startsWith('..') ? root : near;
  return [
    ...(result.nothingDue
      ? ['An earlier demo exported both days, and they are settled: there was nothing to fetch.', `Export them again with: ${result.again}`, '']
      : []),
    `${folder}/demo holds`,
    filesTable(result, style),
    '',
    `rows: ${tableCounts(files)}`,
    ...(look === undefined
      ? []
      : [
          '',
          `participant_attributes, first ${countText(look.rows.length)} of ${plural(look.totalRows, 'row')}, read back from Parquet:`,
          renderTable(
            SHOWN.map((title) => ({ title })),
            look.rows.map((row) => SHOWN.map((column) => cellText(row[column]))),
            style,
          ),
        ]),
    '',
    `${durationText(result.elapsedMs)} for all of it; the data is made up, the code that exported it is what a real job runs`,
    '',
    ...nextSteps(result.program, folder),
  ].join('\n');
};
