import type { Conversation, Participant } from '../model/conversation.js';
import type { ParticipantPolicy } from '../model/participantPolicy.js';
import { instantOf } from './instantOf.js';
import { purposeOf } from './spelling.js';

const NEVER = Number.POSITIVE_INFINITY;

/** When a participant's first segment began; never, where the answer does not say. */
const firstSegmentMs = (participant: Participant, index: number): number => {
  let first = NEVER;
  participant.sessions?.forEach((session, s) => {
    session.segments?.forEach((segment, g) => {
      const start = instantOf(segment.segmentStart, () => `participants[${index}].sessions[${s}].segments[${g}].segmentStart`);
      if (start !== null && start < first) first = start;
    });
  });
  return first;
};

/**
 * The participants whose attributes count as the user's.
 *
 * Shape: in the answer's order. With `which: first` at most one: the one whose first segment began earliest, and of equals the first in the answer.
 * Why not participants[0]: their order is not chronological, and several can be customers (API document, sections 9 and 3).
 * @throws DecodeError
 */
export const userParticipants = (conversation: Conversation, policy: ParticipantPolicy): readonly Participant[] => {
  const all = conversation.participants ?? [];
  const { purposes } = policy;
  const chosen = purposes === 'all' ? all : all.filter((participant) => purposes.includes(purposeOf(participant) ?? ''));
  if (policy.which === 'all' || chosen.length <= 1) return chosen;
  let best = chosen[0]!;
  let bestMs = firstSegmentMs(best, all.indexOf(best));
  for (const participant of chosen.slice(1)) {
    const ms = firstSegmentMs(participant, all.indexOf(participant));
    if (ms < bestMs) [best, bestMs] = [participant, ms];
  }
  return [best];
};
