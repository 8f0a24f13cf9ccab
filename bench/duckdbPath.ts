import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { Pool, type Dispatcher } from 'undici';

/*
 * DuckDB from raw pages to the same two tables: read_json with the types given, unnest, COPY to Parquet with zstd.
 * Arguments: glob of the pages, folder to write to [, base URL, from, to: then the pages are downloaded first].
 */

const SESSIONS = 'STRUCT(channelType VARCHAR)[]';
const PARTICIPANTS = `STRUCT(participantId VARCHAR, role VARCHAR, sessions ${SESSIONS}, attributes MAP(VARCHAR, VARCHAR))[]`;
const CONVERSATION = `STRUCT(conversationId VARCHAR, conversationStart TIMESTAMP, conversationEnd TIMESTAMP, originatingDirection VARCHAR, channelType VARCHAR,
  divisionIds VARCHAR[], externalTag VARCHAR, participants ${PARTICIPANTS})`;

const statements = (glob: string, folder: string): string[] => [
  `CREATE TEMP TABLE c AS SELECT unnest(entities, max_depth := 2) FROM read_json('${glob}', columns = {entities: '${CONVERSATION}[]'}, format = 'unstructured', maximum_object_size = 268435456)`,
  `COPY (
    SELECT conversationId AS conversation_id, p.participantId AS participant_id, a.key AS name, a.value AS value, conversationStart AS conversation_start, p.role AS participant_purpose,
      coalesce(list_filter(list_transform(p.sessions, lambda s: s.channelType), lambda m: m IS NOT NULL)[1], channelType) AS media_type, length(a.value) = 1024 AS truncated
    FROM (SELECT conversationId, conversationStart, channelType, p, unnest(map_entries(p.attributes)) AS a
      FROM (SELECT conversationId, conversationStart, channelType, unnest(participants) AS p FROM c) WHERE p.role IN ('customer', 'external', 'user'))
  ) TO '${join(folder, 'participant_attributes.parquet')}' (FORMAT parquet, COMPRESSION zstd)`,
  `COPY (
    SELECT conversationId AS conversation_id, conversationStart AS conversation_start, conversationEnd AS conversation_end, epoch_ms(conversationEnd) - epoch_ms(conversationStart) AS duration_ms,
      conversationEnd IS NULL AS is_open, originatingDirection AS originating_direction,
      list_sort(list_distinct(list_transform(flatten(list_transform(coalesce(participants, []), lambda p: p.sessions)), lambda s: s.channelType))) AS media_types,
      divisionIds AS division_ids, externalTag AS external_tag, len(coalesce(participants, [])) AS participant_count,
      coalesce(list_sum(list_transform(participants, lambda p: coalesce(cardinality(p.attributes), 0))), 0)::INTEGER AS attribute_count
    FROM c
  ) TO '${join(folder, 'conversations.parquet')}' (FORMAT parquet, COMPRESSION zstd)`,
];

const LINK = /"nextPageUrl":"([^"]+)"\}$/;

/** Pages to disk as they come; of each only the end is looked at. */
const download = async (baseUrl: string, from: string, to: string, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const pool = new Pool(baseUrl);
  const query = '/api/v2/analytics/conversations/details/query';
  let path: string | undefined = query;
  for (let page = 0; path !== undefined; page++) {
    const answer: Dispatcher.ResponseData =
      path === query
        ? await pool.request({ method: 'POST', path, body: JSON.stringify({ view: 'details', dateRange: { from, to }, pageSize: 100 }), headers: { 'content-type': 'application/json' } })
        : await pool.request({ method: 'GET', path });
    const bytes: Buffer = Buffer.from(await answer.body.arrayBuffer());
    const file = createWriteStream(join(folder, `${String(page)}.json`));
    file.end(bytes);
    await finished(file);
    path = LINK.exec(bytes.subarray(-400).toString())?.[1];
  }
  await pool.close();
};

const [glob = '', folder = '', baseUrl, from = '', to = ''] = process.argv.slice(2);
const pages = join(folder, 'raw');
if (baseUrl !== undefined) await download(baseUrl, from, to, pages);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
for (const sql of statements(baseUrl === undefined ? glob : join(pages, '*.json'), folder)) await connection.run(sql);
connection.closeSync();
