import { ConfigShape } from './configShape.js';
import { JobShape } from './jobShape.js';
import { plainSchema } from './jsonSchema.js';
import type { JsonSchema } from './jsonSchema.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ')}\``;

const words = (schema: JsonSchema | undefined): string => (schema?.enum ?? []).map(code).join(', ');

const typeOf = (schema: JsonSchema): string => {
  if (schema.enum !== undefined) return words(schema);
  if (schema.items?.enum !== undefined) return `list of ${words(schema.items)}`;
  const name = schema.title ?? 'value';
  return schema.minimum === undefined ? name : `${name}, ${String(schema.minimum)}–${String(schema.maximum)}`;
};

const rows = (schema: JsonSchema, prefix: string): readonly string[] =>
  Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const path = `${prefix}${key}`;
    if (child.properties !== undefined) return [`| **\`${path}\`** | section | | ${cell(child.description ?? '')} |`, ...rows(child, `${path}.`)];
    if (child.items?.properties !== undefined) return [`| \`${path}\` | ${cell(typeOf(child))} | | ${cell(child.description ?? '')} |`, ...rows(child.items, `${path}[].`)];
    const fallback = child.default === undefined ? (schema.required?.includes(key) === true ? 'required' : '') : code(child.default);
    return [`| \`${path}\` | ${cell(typeOf(child))} | ${cell(fallback)} | ${cell(child.description ?? '')} |`];
  });

const table = (schema: JsonSchema): string => ['| key | type | default | meaning |', '|---|---|---|---|', ...rows(schema, '')].join('\n');

const INTRODUCTION = `# Configuration

Two kinds of YAML files: \`config.yaml\` says how to reach the API and where files go, \`jobs/<name>.yaml\` says what to export. The jobs are looked for in the folder \`jobs\` beside \`config.yaml\`.
This page is made from the rules that the program checks (\`gcx reference\`); so are the JSON Schemas in \`schema/\`, by which editors complete and check keys.

## Rules for both files

- **Every problem is reported at once**, with its file, key and line. Keys that are not listed here are errors: a misspelt key never passes unnoticed.
- **Durations** are a whole number and a unit: \`90s\`, \`10m\`, \`2h\`, \`3d\` (also \`250ms\`). A day is 24 hours.
- **Variables**: \`\${NAME}\` in a value is replaced by the environment variable, \`\${NAME:-default}\` by the default where the variable is unset or empty; \`$\${\` is a literal \`\${\`. A value is replaced after the YAML is read, so it cannot change the file's structure. A variable that is missing is a problem.
- **A key without a value** counts as left out.
- **YAML** tags, aliases and merge keys are not read.

## Credentials

Set \`GENESYS_CLIENT_ID\` and \`GENESYS_CLIENT_SECRET\`, or name a file in \`genesys.clientSecretFile\` whose mode is 0600 or less. More clients go into the list \`genesys.clients\`. Secrets are shown in no message, log or file. \`NODE_TLS_REJECT_UNAUTHORIZED=0\` is refused; a private authority is named with \`NODE_EXTRA_CA_CERTS\`. A \`NODE_DEBUG\` with \`undici\`, \`fetch\`, \`websocket\` or \`*\` is refused, too: it would print addresses with cursors.

| variable | used for |
|---|---|
| \`GENESYS_CLIENT_ID\`, \`GENESYS_CLIENT_SECRET\` | the OAuth client, where \`genesys.clientId\` and \`genesys.clientSecret\` are left out |
| \`GENESYS_ENVIRONMENT\` | the region or domain, where \`genesys.environment\` is left out |
| \`GENESYS_BASE_URL\`, \`GENESYS_LOGIN_URL\` | origins, where \`genesys.baseUrl\` and \`genesys.loginUrl\` are left out |
| \`HTTPS_PROXY\`, \`HTTP_PROXY\`, \`NO_PROXY\` | the proxy, where \`http.proxy\` is left out; in lower case too |`;

/** docs/configuration.md: every key of both files with its type, default and meaning. Shape: Markdown. */
export const configReference = (): string => `${INTRODUCTION}

## config.yaml

${table(plainSchema(ConfigShape))}

## jobs/&lt;name&gt;.yaml

The file's name is the job's name and the name of its folder in the output: letters, digits, \`-\` and \`_\`, begun by a letter or digit, 64 at most.

${table(plainSchema(JobShape))}
`;
