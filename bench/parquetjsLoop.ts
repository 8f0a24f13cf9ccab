import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readPages, type WireConversation } from './readPages.js';

/*
 * The plain alternative in this language: undici, JSON.parse, and parquetjs-lite row by row. Arguments: base URL, from, to, folder.
 * No journal, no fsync, no validation, no order; what the library does by default, compressed with snappy (it has no zstd).
 */

interface PlainWriter {
  appendRow(row: object): Promise<void>;
  close(): Promise<void>;
}
interface PlainParquetjs {
  readonly ParquetSchema: new (fields: object) => object;
  readonly ParquetWriter: { openFile(schema: object, path: string): Promise<PlainWriter> };
}
const parquetjs = createRequire(import.meta.url)('parquetjs-lite') as PlainParquetjs;

const text = { type: 'UTF8', compression: 'SNAPPY' };
const optionalText = { ...text, optional: true };
const texts = { ...text, repeated: true };
const time = { type: 'TIMESTAMP_MILLIS', compression: 'SNAPPY', optional: true };
const flag = { type: 'BOOLEAN', compression: 'SNAPPY' };
const whole = { type: 'INT32', compression: 'SNAPPY' };
const attributesSchema = new parquetjs.ParquetSchema({
  conversation_id: text, participant_id: text, name: text, value: text, conversation_start: time, participant_purpose: optionalText, media_type: optionalText, truncated: flag,
});
const conversationsSchema = new parquetjs.ParquetSchema({
  conversation_id: text, conversation_start: time, conversation_end: time, duration_ms: { type: 'INT64', compression: 'SNAPPY', optional: true }, is_open: flag,
  originating_direction: optionalText, media_types: texts, division_ids: texts, external_tag: optionalText, participant_count: whole, attribute_count: whole,
});

const PURPOSES = new Set(['customer', 'external', 'user']);
const [baseUrl = '', from = '', to = '', folder = ''] = process.argv.slice(2);
const attributes = await parquetjs.ParquetWriter.openFile(attributesSchema, join(folder, 'participant_attributes.parquet'));
const conversations = await parquetjs.ParquetWriter.openFile(conversationsSchema, join(folder, 'conversations.parquet'));

const appendAttributes = async (conversation: WireConversation): Promise<void> => {
  const start = new Date(conversation.conversationStart);
  for (const participant of conversation.participants ?? []) {
    if (!PURPOSES.has(participant.role ?? '')) continue;
    const media = participant.sessions?.find((session) => session.channelType !== undefined)?.channelType ?? conversation.channelType;
    for (const [name, value] of Object.entries(participant.attributes ?? {})) {
      await attributes.appendRow({
        conversation_id: conversation.conversationId, participant_id: participant.participantId, name, value, conversation_start: start,
        participant_purpose: participant.role, media_type: media, truncated: value.length === 1024,
      });
    }
  }
};

const appendConversation = async (conversation: WireConversation): Promise<void> => {
  const { participants = [], conversationStart, conversationEnd } = conversation;
  const media = new Set(participants.flatMap((participant) => (participant.sessions ?? []).flatMap((session) => session.channelType ?? [])));
  await conversations.appendRow({
    conversation_id: conversation.conversationId,
    conversation_start: new Date(conversationStart),
    ...(conversationEnd === undefined ? {} : { conversation_end: new Date(conversationEnd), duration_ms: Date.parse(conversationEnd) - Date.parse(conversationStart) }),
    is_open: conversationEnd === undefined,
    originating_direction: conversation.originatingDirection,
    media_types: [...media].sort(),
    division_ids: conversation.divisionIds ?? [],
    external_tag: conversation.externalTag,
    participant_count: participants.length,
    attribute_count: participants.reduce((sum, participant) => sum + Object.keys(participant.attributes ?? {}).length, 0),
  });
};

for await (const page of readPages(baseUrl, from, to)) {
  for (const conversation of page) {
    await appendAttributes(conversation);
    await appendConversation(conversation);
  }
}
await attributes.close();
await conversations.close();
