// A test-only extension: it runs functions that the launcher sends, in the extension host, while the launcher answers
// real dialogs in the browser. (A host started with `extensionTestsPath` refuses every dialog.)
const net = require('node:net');
const vscode = require('vscode');

exports.activate = ({ secrets }) => {
  if (process.env.TEST_AGENT_CLOCK) {
    makeClockMovable();
  }
  /** What another extension keeps: VS Code goes by the id that this object carries. */
  const secretsOf = (id) => Object.assign(secrets, { _id: id });

  const socket = net.connect(Number(process.env.TEST_AGENT_PORT), '127.0.0.1');
  const send = (message) => socket.write(JSON.stringify(message) + '\n');
  socket.on('error', () => {});
  send({ token: process.env.TEST_AGENT_TOKEN });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop();
    for (const line of lines) {
      answer(JSON.parse(line), secretsOf).then(send);
    }
  });
};

/** Before the extension under test keeps the function. Milliseconds in `clockAhead` put the clock of the host forward. */
function makeClockMovable() {
  const { now } = Date;
  globalThis.clockAhead = 0;
  Date.now = () => now() + globalThis.clockAhead;
}

async function answer({ id, source, argument }, secretsOf) {
  try {
    const result = await compile(source)(vscode, argument, require, secretsOf);
    return { id, result };
  } catch (error) {
    const { name, message, stack, code } = error ?? {};
    return { id, error: { name: name ?? 'Error', message: message ?? String(error), stack, code } };
  }
}

function compile(source) {
  // The TypeScript loader of the launcher wraps named functions in this helper.
  // eslint-disable-next-line no-unused-vars
  const __name = (value) => value;
  return eval(`(${source})`);
}
