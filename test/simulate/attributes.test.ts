import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataset } from '../../src/simulate/dataset.js';
import { simulate, type SimulatorRig } from '../support/simulatorClient.js';
import { byCursor, submitJob } from '../support/simulatorPaging.js';

const SHAPE = { seed: 1, from: '2026-01-05', days: 2, conversationsPerDay: 400 } as const;
const dataset = createDataset(SHAPE);
const histories = Array.from({ length: dataset.calendar.count }, (_, i) => dataset.history(i));
const DAY = '2026-01-05T00:00:00Z/2026-01-06T00:00:00Z';

interface PlatformParticipant {
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

let rig: SimulatorRig;
beforeEach(async () => {
  rig = await simulate({ dataset: SHAPE, settings: { lakeLagMs: 0 } });
});
afterEach(async () => {
  await rig.close();
});

const live = async (id: string): Promise<PlatformParticipant[]> => ((await rig.call('GET', `/api/v2/conversations/${id}`)).json as { participants: PlatformParticipant[] }).participants;
const exported = async (id: string, participantId: string): Promise<Readonly<Record<string, string>> | undefined> => {
  const { all } = await byCursor(rig, await submitJob(rig, { interval: DAY }), 1000);
  return all.find((c) => c.conversationId === id)?.participants?.find((p) => p.participantId === participantId)?.attributes;
};
const path = (conversation: string, participant: string, media = ''): string => `/api/v2/conversations/${media}${conversation}/participants/${participant}/attributes`;

describe('GET conversation', () => {
  it('shows values in full and what was set after the end, where jobs do not', async () => {
    const long = histories.find((h) => h.startMs < Date.UTC(2026, 0, 6) && h.participants?.some((p) => p.attributes.some((a) => a.name === 'cut' && a.setMs < (h.life.spans[0]!.endMs ?? 0))))!;
    const { id: participantId } = long.participants!.find((p) => p.attributes.some((a) => a.name === 'cut'))!;
    expect((await live(long.id)).find((p) => p.id === participantId)!.attributes['cut']).toHaveLength(1600);
    expect((await exported(long.id, participantId))!['cut']).toHaveLength(1024);
    const late = histories.find((h) => h.life.kind === 'short' && h.participants?.some((p) => p.attributes.some((a) => a.name === 'SetAfterEnd')))!;
    expect((await live(late.id)).some((p) => 'SetAfterEnd' in p.attributes)).toBe(true);
  });

  it('shows {} and [] for nothing, where analytics omits', async () => {
    const bare = histories.find((h) => h.participants?.some((p) => p.attributes.length === 0))!;
    const body = (await rig.call('GET', `/api/v2/conversations/${bare.id}`)).json as Record<string, unknown>;
    expect(body).toMatchObject({ id: bare.id, conversationIds: [], recordingState: 'NONE', selfUri: `${rig.simulator.baseUrl}/api/v2/conversations/${bare.id}` });
    expect((await live(bare.id)).some((p) => Object.keys(p.attributes).length === 0)).toBe(true);
  });

  it('does not know what does not exist', async () => {
    const unknown = await rig.call('GET', '/api/v2/conversations/00000000-0000-4000-8000-000000000000');
    expect(unknown.status).toBe(404);
    expect(unknown.json).toMatchObject({ code: 'conversation.error.conversation.not.found', message: 'The conversation does not exist.' });
  });
});

describe('PATCH attributes', () => {
  const open = histories.find((h) => h.life.kind === 'endless' && (h.participants?.length ?? 0) > 0 && h.startMs < Date.UTC(2026, 0, 6))!;
  const ended = histories.find((h) => h.life.kind === 'short' && (h.participants?.length ?? 0) > 0 && h.participants![0]!.attributes.length > 0)!;

  it('answers 202 without a body, and jobs show it once the lake has it', async () => {
    const p = open.participants![0]!.id;
    const answer = await rig.call('PATCH', path(open.id, p), { attributes: JSON.parse('{"__proto__":"kept","written":"yes"}') as unknown });
    expect([answer.status, answer.text]).toEqual([202, '']);
    expect((await live(open.id)).find((x) => x.id === p)!.attributes['written']).toBe('yes');
    expect((await exported(open.id, p))?.['written']).toBeUndefined();
    rig.clock.advance(2_000);
    const shown = await exported(open.id, p);
    expect(shown?.['written']).toBe('yes');
    expect(Object.entries(shown ?? {})).toContainEqual(['__proto__', 'kept']);
  });

  it('after the end is seen by GET conversation only', async () => {
    const p = ended.participants![0]!.id;
    await rig.call('PATCH', path(ended.id, p), { attributes: { written: 'late' } });
    rig.clock.advance(2_000);
    expect((await live(ended.id)).find((x) => x.id === p)!.attributes['written']).toBe('late');
    expect(await exported(ended.id, p)).not.toHaveProperty('written');
  });

  it('echoes the attributes on the routes of each medium', async () => {
    const answer = await rig.call('PATCH', path(open.id, open.participants![0]!.id, 'calls/'), { attributes: { a: 'b' } });
    expect([answer.status, answer.json]).toEqual([200, { attributes: { a: 'b' } }]);
  });

  it('refuses what is no map of strings, and participants that are not there', async () => {
    expect((await rig.call('PATCH', path(open.id, open.participants![0]!.id), { attributes: { n: 1 } })).status).toBe(400);
    expect((await rig.call('PATCH', path(open.id, 'nobody'), { attributes: {} })).status).toBe(404);
  });
});
