// The gateways that clients connect to, from the environment that Conformance.Tests/clients sets.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

const { CLIENTS_URL, CLIENTS_KEYED_URL, CLIENTS_LOGIN_URL, CLIENTS_KEY, CLIENTS_PROGRAM, CLIENTS_WORK } = process.env;

/** How a client reaches a gateway. HTTP: `url` and `headers`. stdio: `command` and `args`, with a data folder of its own. */
export function serverFor({ transport, era }, keyed = false) {
  if (transport === 'stdio') {
    const data = mkdtempSync(join(CLIENTS_WORK, 'stdio-'));
    return { transport, era, command: 'dotnet', args: [CLIENTS_PROGRAM, '--transport', 'stdio', '--data', data] };
  }
  const headers = keyed ? { Authorization: `Bearer ${CLIENTS_KEY}` } : {};
  return { transport, era, url: (keyed ? CLIENTS_KEYED_URL : CLIENTS_URL) + (transport === 'sse' ? '/sse' : '/mcp'), headers };
}

/** A gateway that sends its callers to an OpenID Connect server. */
export const loginServer = () => ({ url: `${CLIENTS_LOGIN_URL}/mcp` });
