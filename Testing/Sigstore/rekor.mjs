// A Rekor log, version 1, of @sigstore/mock on loopback. Says its address and key in one line, and ends when its input does.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { initializeTLog, rekorHandler } from '@sigstore/mock';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
let handler;
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const isOurs = request.method === 'POST' && request.url === handler.path;
  const answer = isOurs ? await handler.fn(Buffer.concat(chunks).toString()) : { statusCode: 404, response: '' };
  response.writeHead(answer.statusCode, { 'content-type': answer.contentType ?? 'text/plain' }).end(answer.response);
});
server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  handler = rekorHandler(await initializeTLog(url, keys));
  console.log(JSON.stringify({ url, key: keys.publicKey.export({ format: 'pem', type: 'spki' }) }));
});
process.stdin.resume().on('end', () => process.exit());
