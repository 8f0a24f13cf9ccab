import { expect, it } from 'vitest';
import { Findings } from '../../src/audit/findings.js';
import { checkOverlaps } from '../../src/audit/overlap.js';
import type { Subject } from '../../src/audit/subject.js';

it('names every partition that lies in a longer one, also behind a shorter one that does', () => {
  const findings = new Findings();
  const hour = (hr: string, next: string) => ({ partition: `dt=2026-01-05/hr=${hr}`, window: { from: `2026-01-05T${hr}:00:00.000Z`, to: `2026-01-05T${next}:00:00.000Z` } });
  const day = { partition: 'dt=2026-01-05', window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' } };
  checkOverlaps({ jobFolder: '/out/job' } as Subject, [hour('03', '04'), day, hour('01', '02')], () => true, findings);
  expect(findings.all.map(({ path }) => path)).toEqual(['_manifests/dt=2026-01-05/hr=01', '_manifests/dt=2026-01-05/hr=03']);
});
