import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeManifest } from '../../src/audit/manifestFile.js';
import type { Manifest } from '../../src/model/manifest.js';
import { createManifestStore } from '../../src/sink/manifests.js';
import { diskFiles } from '../support/diskFiles.js';

const MANIFEST: Manifest = {
  formatVersion: 1,
  job: 'nightly',
  partition: 'dt=2026-01-05',
  window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' },
  version: 1,
  commitId: 'c',
  attemptId: 'a',
  prevSha256: null,
  source: 'next-page-url',
  sourceAsOf: { at: '2026-01-09T00:00:00.000Z', origin: 'date-header' },
  requestHash: 'r',
  schemaHash: 's',
  rowsHash: 'h',
  state: 'settled',
  files: [],
  counts: { pages: 1, fetched: 0, unique: 0, duplicates: 0, refetched: 0, outsideWindow: 0, open: 0, withAttributes: 0, rejects: 0, replacedText: 0, repeatedKeys: 0, rows: {}, sourceTotal: null },
  rejects: null,
  supersedes: null,
  exporterVersion: 'ü',
};

describe('decodeManifest', () => {
  let folder: string;
  let file: Uint8Array;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gcx-manifest-'));
    // Written by the code that writes manifests, so that the two cannot come to disagree unnoticed.
    await createManifestStore(diskFiles, folder).create(MANIFEST);
    file = await readFile(join(folder, '_manifests/dt=2026-01-05/0000000000000001.json'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('reads what the exporter writes, and its hash', () => {
    expect(decodeManifest(file)).toEqual({ manifest: MANIFEST, sha256: createHash('sha256').update(file).digest('hex') });
  });

  it('finds any byte that is replaced, added or missing', () => {
    const edit = fc.tuple(fc.nat({ max: file.length }), fc.constantFrom(0, 1), fc.uint8Array({ maxLength: 3 }));
    fc.assert(
      fc.property(edit, ([at, cut, added]) => {
        const edited = Buffer.concat([file.subarray(0, at), added, file.subarray(at + cut)]);
        fc.pre(!edited.equals(file));
        expect(typeof decodeManifest(edited)).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  it('is not fooled by a byte order mark', () => {
    expect(typeof decodeManifest(Buffer.concat([Uint8Array.of(0xef, 0xbb, 0xbf), file]))).toBe('string');
  });
});
