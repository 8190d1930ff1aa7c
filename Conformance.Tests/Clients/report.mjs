// Turns what the clients could do into lines, and into the table of docs/clients.md: node report.mjs PAGE [--write] RESULTS… (names without .json)
import { readFileSync, writeFileSync } from 'node:fs';

const abilities = ['list', 'call', 'read', 'subscribe', 'cancel', 'progress'];
const more = ['key', 'login'];
const names = { http: 'Streamable HTTP', sse: 'HTTP+SSE', stdio: 'stdio' };
const [begin, end] = ['<!-- seen by Conformance.Tests/clients -->', '<!-- end -->'];

const [page, ...rest] = process.argv.slice(2);
const write = rest[0] === '--write';
const rows = rest.slice(write ? 1 : 0).flatMap(file => JSON.parse(readFileSync(`${file}.json`, 'utf8')));
const pinned = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')).dependencies;
const version = row => row.version ?? pinned[row.package];

const isWrong = value => typeof value === 'string';
let failed = 0;
for (const row of rows) {
  const wrong = row.failure ? [row.failure] : [...abilities, ...more].filter(a => isWrong(row[a])).map(a => `${a}: ${row[a]}`);
  const what = `clients: ${row.client} ${version(row)}, ${names[row.transport]}${row.revision ? `, ${row.revision}` : ` (${row.era ?? ''})`}`;
  if (wrong.length) {
    failed++;
    console.log(`✗ ${what}: ${wrong.join('; ').replaceAll('\n', ' ')}`);
  } else {
    console.log(`✓ ${what}: ${[...abilities, ...more].filter(a => row[a]).join(', ')}`);
  }
}

// A client that asks for the newer protocol for a short while only has the one or the other, by how fast the server starts.
const protocol = row => row.era === 'negotiated' ? row.era : row.revision;
const cell = value => value === true ? 'yes' : 'no';
const table = [
  `| client | version | transport | protocol | ${abilities.join(' | ')} | API key |`,
  `|---|---|---|---|${'---|'.repeat(abilities.length + 1)}`,
  ...rows.map(row => `| ${row.client} | ${version(row)} | ${names[row.transport]} | ${protocol(row)} | ${abilities.map(a => cell(row[a])).join(' | ')} | ${row.transport === 'stdio' ? '–' : cell(row.key)} |`),
].join('\n');

const text = readFileSync(page, 'utf8');
const [before, after] = [text.slice(0, text.indexOf(begin) + begin.length), text.slice(text.indexOf(end))];
const wanted = `${before}\n${table}\n${after}`;
if (failed) process.exit(1);
if (write) {
  writeFileSync(page, wanted);
} else if (wanted === text) {
  console.log(`✓ clients: the table in ${page.split('/').slice(-2).join('/')} is what was seen`);
} else {
  console.log(`✗ clients: the table in ${page.split('/').slice(-2).join('/')} is not what was seen: Conformance.Tests/clients --write`);
  process.exit(1);
}
