import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs a script of npm with this Node; its standard output, or an error with all that it said. `listen` gets what it says while it runs. */
export const command = (args, listen = () => {}) => new Promise((resolve, reject) =>
  execFile(process.execPath, args, { maxBuffer: 64 << 20, env: { ...process.env, NO_COLOR: '1' } }, (error, out, said) =>
    error ? reject(new Error(`${args.slice(1).join(' ')}: ${said || out}`.slice(0, 2000))) : resolve(out)).stderr.on('data', listen));

/** A file in the form that most clients share, with one server; the file's path. */
export function configuration(granary) {
  const file = join(mkdtempSync(join(process.env.CLIENTS_WORK, 'config-')), 'mcp.json');
  writeFileSync(file, JSON.stringify({ mcpServers: { granary }, imports: [] }));
  return file;
}
