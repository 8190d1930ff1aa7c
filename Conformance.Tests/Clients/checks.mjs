// What each client is asked to do. A connection offers what its client can: list, call, read, subscribe.
import { randomUUID } from 'node:crypto';

/** Longest wait for one ability: it only ends a run that hangs. */
const limit = 120_000;

/** A result in any client's shape, as one text without the escapes of JSON inside JSON. */
const flat = result => (typeof result === 'string' ? result : JSON.stringify(result)).replaceAll('\\', '');

export async function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what}: no answer`)), limit); });
  try { return await Promise.race([promise, late]); } finally { clearTimeout(timer); }
}

function demand(holds, what, seen) {
  if (!holds) throw new Error(`${what}; got ${flat(seen ?? null)?.slice(0, 400)}`);
}

/** Appends an event that holds a word nobody else wrote. */
async function append({ connection, vault }) {
  const word = randomUUID();
  const receipt = flat(await connection.call('append_event', { vault_path: vault, event_type: 'note', data: { word, depth: { list: [1, 'zwei', null] } } }));
  const id = /"?event_id"?: ?"?([^",}\s]+)/.exec(receipt)?.[1];
  demand(id, 'append_event returns an event_id', receipt);
  return { id, word };
}

const checks = {
  async list({ connection }) {
    const names = await connection.list();
    for (const name of ['append_event', 'get_event', 'query_timeline', 'verify_chain'])
      demand(names.includes(name), `the tools include ${name}`, names);
  },

  async call(task) {
    const { id, word } = task.event = await append(task);
    const event = flat(await task.connection.call('get_event', { vault_path: task.vault, event_id: id }));
    demand(event.includes(word) && event.includes('zwei'), 'get_event returns what append_event wrote', event);
  },

  async read({ connection, vault, event }) {
    const resource = flat(await connection.read(`vault://${vault}/events/${event.id}`));
    demand(resource.includes(event.word), 'the resource holds what append_event wrote', resource);
  },

  async subscribe(task) {
    const uri = `vault://${task.vault}/head`;
    const [updated, notified] = signal();
    await task.connection.subscribe(uri, notified);
    await append(task);
    demand(await updated === uri, `a notification names ${uri}`);
  },

  // The gateway itself says that the call runs and that it was cancelled, so no verdict depends on time.
  async cancel({ connection }) {
    const id = randomUUID();
    const stop = new AbortController();
    const running = connection.call('test_held', { id, action: 'run' }, { signal: stop.signal })
      .then(result => ({ result }), error => ({ error }));
    await connection.call('test_held', { id, action: 'started' });
    stop.abort();
    const { error, result } = await running;
    demand(error, 'the cancelled call ends with an error', result);
    const seen = flat(await connection.call('test_held', { id, action: 'cancelled' }));
    demand(seen.includes('cancelled'), 'the gateway saw the cancellation', seen);
  },

  // The call ends only after its progress was seen.
  async progress({ connection }) {
    const id = randomUUID();
    const [told, tell] = signal();
    const running = connection.call('test_held', { id, action: 'run' }, { onProgress: tell });
    const { progress, total } = await Promise.race([told, running.then(result => demand(false, 'progress comes before the result', result))]);
    demand(progress === 1 && total === 2, 'progress is 1 of 2', { progress, total });
    await connection.call('test_held', { id, action: 'finish' });
    await running;
  },
};

/** A promise, and what fulfils it. */
function signal() {
  const { promise, resolve } = Promise.withResolvers();
  return [promise, resolve];
}

/**
 * Runs what the client can do over one way of connecting.
 * @returns revision, and for each ability `true`, `false` or a sentence that says what went wrong.
 */
export const run = (connect, cans) => connected(connect, async task => {
  const seen = {};
  for (const [ability, check] of Object.entries(checks))
    seen[ability] = cans.includes(ability) && await within(check(task), ability).then(() => true, error => error.message ?? String(error));
  const revision = /revision=([^;]*);/.exec(flat(await within(task.connection.call('test_revision', {}), 'test_revision')))?.[1];
  return { revision, ...seen };
});

/** Whether a key in the client's configuration opens a gateway that asks for one. */
export const key = connect => connected(connect, async () => true);

/** Whether a client that is told to log in does so, and is answered then. */
export async function login(ask) {
  const vaults = flat(await within(ask(), 'login'));
  demand(vaults.includes('"vaults"'), 'list_vaults answers who logged in', vaults);
  return true;
}

/** Connects and makes a vault for what comes. */
async function connected(connect, use) {
  const connection = await within(connect(), 'connect');
  try {
    const vault = `clients-${randomUUID()}`;
    const made = flat(await within(connection.call('init_vault', { vault_path: vault }), 'init_vault'));
    demand(made.includes(vault), 'init_vault makes a vault', made);
    return await use({ connection, vault });
  } finally {
    await within(connection.close(), 'close').catch(() => {});
  }
}
