import type { Audit, Finding } from '../audit/finding.js';
import { bytesText, plural } from './figures.js';
import { messageLine } from './outcomeLine.js';
import { paintFor } from './paint.js';
import type { Style } from './screen.js';

/** Beyond so many findings the rest is counted: the first ones say what is wrong. */
const LISTED = 100;

const lines = (finding: Finding, style: Style): readonly string[] => {
  const paint = paintFor(style);
  const mark = finding.severity === 'error' ? paint.bad(style.unicode ? '✗' : 'FAIL') : paint.warning('note');
  return [`${mark} ${messageLine(finding.path)}: ${messageLine(finding.what)} [${finding.kind}]`, `    ${style.unicode ? '→' : '->'} ${messageLine(finding.remedy)}`];
};

/** What an audit looked at and what it found, errors first, for people. */
export const verifyText = (job: string, audit: Audit, style: Style): string => {
  const { partitions, files, bytes, rows } = audit.checked;
  const errors = audit.findings.filter((finding) => finding.severity === 'error');
  const listed = [...errors, ...audit.findings.filter((finding) => finding.severity === 'note')];
  const content = partitions === 0 ? 'nothing is committed there' : 'everything is as it was committed';
  const verdict = errors.length === 0 ? content : `${plural(errors.length, 'difference')} found`;
  return [
    ...listed.slice(0, LISTED).flatMap((finding) => lines(finding, style)),
    ...(listed.length <= LISTED ? [] : [`… and ${plural(listed.length - LISTED, 'more finding')}: gcx verify ${job} --json lists all`]),
    ...(listed.length === 0 ? [] : ['']),
    `${job}: ${verdict} (${plural(partitions, 'partition')}, ${plural(files, 'file')}, ${bytesText(bytes)}, ${plural(rows, 'row')} read back)`,
  ].join('\n');
};
