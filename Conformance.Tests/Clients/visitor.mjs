import { createServer } from 'node:net';

// What a browser would do with the login page that a client shows: the server logs in every visitor, and its answer leads back to the client.
const page = /https?:\/\/\S+\/connect\/authorize\?\S+/;

/** Follows what a client writes, and visits the login page once it is named whole, on a line of its own. */
export function visitor() {
  let text = '', done = false;
  return chunk => {
    text += chunk;
    const found = page.exec(text.slice(0, text.lastIndexOf('\n') + 1));
    if (!found || done) return;
    done = true;
    fetch(found[0]).then(answer => answer.text(), () => {});
  };
}

/** A port that nothing listens on now. */
export const freePort = () => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
