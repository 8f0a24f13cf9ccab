import { readPages } from './readPages.js';

// The floor of the runtime: one thread gets and parses every page, and counts. Arguments: base URL, from, to.
const [baseUrl = '', from = '', to = ''] = process.argv.slice(2);
let conversations = 0;
for await (const page of readPages(baseUrl, from, to)) conversations += page.length;
process.stdout.write(`${JSON.stringify({ conversations })}\n`);
