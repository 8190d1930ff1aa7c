// Runs one client over each way that it can connect: node client.mjs NAME RESULTS.json
import { writeFileSync } from 'node:fs';
import { key, login, run } from './checks.mjs';
import { loginServer, serverFor } from './server.mjs';

const [name, results] = process.argv.slice(2);
const { client } = await import(`./drivers/${name}.mjs`);
const rows = [];
for (const way of client.ways) {
  const row = { client: client.title, package: client.package, ...way };
  try {
    Object.assign(row, await run(() => client.connect(serverFor(way)), way.cans ?? client.cans));
    row.key = way.transport !== 'stdio' && await key(() => client.connect(serverFor(way, true))).catch(error => error.message);
    row.login = way.login === true && await login(() => client.login(loginServer())).catch(error => error.message);
  } catch (error) {
    row.failure = error.stack ?? String(error);
  }
  delete row.cans;
  rows.push(row);
}
writeFileSync(results, JSON.stringify(rows, null, 1));
process.exit(0);
