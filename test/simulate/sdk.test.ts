import platform from 'purecloud-platform-client-v2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulate, type SimulatorRig } from '../support/simulatorClient.js';

const INTERVAL = '2026-01-05T00:00:00.000Z/2026-01-06T00:00:00.000Z';

let rig: SimulatorRig;
beforeEach(async () => {
  rig = await simulate();
  platform.ApiClient.instance.setGateway({ host: '127.0.0.1', protocol: 'http', port: rig.simulator.port, path_params_login: '', path_params_api: '', username: '', password: '' });
});
afterEach(async () => {
  await rig.close();
});

describe('the official JavaScript SDK', () => {
  it('logs in, queries, runs a job, reads a conversation and writes attributes', async () => {
    const client = platform.ApiClient.instance;
    await client.loginClientCredentialsGrant('demo', 'demo');
    const analytics = new platform.AnalyticsApi();
    const conversations = new platform.ConversationsApi();

    const page = await analytics.postAnalyticsConversationsDetailsQuery({ interval: INTERVAL, order: 'asc', orderBy: 'conversationStart', paging: { pageSize: 100, pageNumber: 1 } });
    expect(page.totalHits).toBe(60);
    expect(page.conversations).toHaveLength(60);

    const { jobId } = await analytics.postAnalyticsConversationsDetailsJobs({ interval: INTERVAL });
    const status = await analytics.getAnalyticsConversationsDetailsJob(jobId!);
    expect(status.state).toBe('FULFILLED');
    const ids: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const results = await analytics.getAnalyticsConversationsDetailsJobResults(jobId!, { pageSize: 25, ...(cursor === undefined ? {} : { cursor }) });
      for (const conversation of results.conversations ?? []) ids.push(conversation.conversationId!);
      cursor = results.cursor;
      more = cursor !== undefined;
    }
    expect(new Set(ids)).toEqual(new Set((page.conversations ?? []).map((c) => c.conversationId)));
    await analytics.deleteAnalyticsConversationsDetailsJob(jobId!);
    expect((await analytics.getAnalyticsConversationsDetailsJobsAvailability()).dataAvailabilityDate).toBeDefined();

    const conversationId = (page.conversations ?? []).find((c) => (c.participants ?? []).length > 0)!.conversationId!;
    const { participants } = await conversations.getConversation(conversationId);
    const participantId = participants[0]!.id!;
    await conversations.patchConversationParticipantAttributes(conversationId, participantId, { attributes: { fromSdk: 'yes' } });
    expect((await conversations.getConversation(conversationId)).participants[0]!.attributes!['fromSdk']).toBe('yes');
  });

  it('is refused with a wrong secret', async () => {
    await expect(platform.ApiClient.instance.loginClientCredentialsGrant('demo', 'wrong')).rejects.toBeDefined();
  });
});
