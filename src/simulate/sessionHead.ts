import type { WireObject } from './history.js';
import type { SeededOrganization } from './organization.js';
import type { SeededRandom } from './seededRandom.js';

/** Media of conversations by how often they occur; the last one is no member of today's enum. */
export const MEDIA = {
  voice: 44, message: 18, email: 12, chat: 8, callback: 8, internalmessage: 2, video: 2, cobrowse: 1, screenshare: 1, screenmonitoring: 1, unknown: 1,
} as const;

const MEDIA_WHEEL: readonly string[] = Object.entries(MEDIA).flatMap(([name, share]) => Array.from({ length: share }, () => name));

/** A conversation's medium. */
export const pickMedia = (random: SeededRandom): string => random.pick(MEDIA_WHEEL);

const MESSAGE_TYPES = ['webmessaging', 'whatsapp', 'sms', 'open', 'facebook', 'instagram'] as const;
const ROUTINGS = ['Standard', 'Bullseye', 'Preferred', 'Predictive', 'Last', 'Direct'] as const;

const phone = (random: SeededRandom): string => `tel:+49${String(3_000_000_000 + random.int(999_999_999))}`;

/** Who takes part, as far as a session's scalars depend on it. */
export interface SessionRole {
  readonly media: string;
  readonly direction: string;
  readonly purpose: string;
}

const addressed = (random: SeededRandom, org: SeededOrganization, role: SessionRole): WireObject => {
  if (role.media === 'email') {
    return { addressFrom: `kunde${String(random.int(9999))}@example.com`, addressTo: 'support@example.org', direction: role.direction };
  }
  if (role.media === 'message') {
    return { addressFrom: random.uuid(), addressTo: org.queues[0]!, direction: role.direction };
  }
  if (role.media === 'callback') {
    return { callbackNumbers: [phone(random)], callbackUserName: 'Rückruf', direction: role.direction };
  }
  if (role.media === 'voice' || role.media === 'video') {
    return { ani: phone(random), direction: role.direction, dnis: phone(random), edgeId: org.queues[1]! };
  }
  return { direction: role.direction };
};

/** A session's scalars in alphabetical order, `mediaType` and `sessionId` among them. */
export const sessionHead = (random: SeededRandom, org: SeededOrganization, role: SessionRole): WireObject => {
  const head = addressed(random, org, role);
  if (role.media === 'voice') head['mediaBridgeId'] = random.uuid();
  if (role.media === 'message' || role.media === 'internalmessage') head['mediaCount'] = random.int(3);
  head['mediaType'] = role.media;
  if (role.media === 'message') head['messageType'] = random.pick(MESSAGE_TYPES);
  if (role.purpose === 'outbound' || (role.direction === 'outbound' && role.purpose === 'customer')) {
    head['outboundCampaignId'] = random.pick(org.campaigns);
    head['outboundContactId'] = random.u32().toString(16);
  }
  if (role.purpose !== 'customer') head['peerId'] = random.uuid();
  if (role.media === 'voice') head['protocolCallId'] = random.uuid();
  head['provider'] = role.media === 'voice' ? 'Edge' : role.media === 'message' ? 'PureCloud Messaging' : 'PureCloud Conversations';
  if (role.purpose !== 'acd') head['remote'] = role.media === 'message' ? 'Guest' : 'Kunde, "Alt"';
  if (role.purpose === 'agent') head['requestedRoutings'] = ['Standard'];
  if (role.media === 'voice') head['sessionDnis'] = 'tel:+4930555000';
  head['sessionId'] = random.uuid();
  if (role.purpose === 'agent') head['usedRouting'] = random.pick(ROUTINGS);
  return head;
};
