import type { AttributeHistory, ConversationHistory, ParticipantHistory } from './history.js';

/** Attributes that clients have written (PATCH), beside those of the dataset. */
export class AttributeOverlay {
  private readonly written = new Map<string, Map<string, AttributeHistory[]>>();

  /** Remembers a write. */
  write(conversationId: string, participantId: string, attributes: readonly AttributeHistory[]): void {
    let participants = this.written.get(conversationId);
    if (participants === undefined) this.written.set(conversationId, (participants = new Map<string, AttributeHistory[]>()));
    participants.set(participantId, [...(participants.get(participantId) ?? []), ...attributes]);
  }

  /** The conversation with what was written to it; the same object where nothing was. */
  apply(history: ConversationHistory): ConversationHistory {
    const participants = this.written.get(history.id);
    if (participants === undefined || history.participants === undefined) return history;
    let lastChangeMs = history.lastChangeMs;
    const withWritten = (p: ParticipantHistory): ParticipantHistory => {
      const more = participants.get(p.id);
      if (more === undefined) return p;
      for (const a of more) lastChangeMs = Math.max(lastChangeMs, a.setMs);
      return { ...p, attributes: [...p.attributes, ...more] };
    };
    const changed = history.participants.map(withWritten);
    return { ...history, participants: changed, lastChangeMs };
  }
}
