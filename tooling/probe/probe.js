// A test-only extension that is active before the one under test and looks on: which connections the extension host
// makes, what the extension does with its secrets, what sits in undici's global slots. All extensions of a host share
// its modules and prototypes, so that the one under test runs as it is.
const net = require('node:net');
const { setImmediate } = require('node:timers/promises');
const vscode = require('vscode');

const SUBJECT = 'ninjaone-community.ninjaone-authentication';

exports.activate = (context) => {
  const connections = watchConnections();
  const secrets = watchSecrets(context.secrets);
  return {
    connections,
    ...secrets,
    /** What `fetch` would use when a request brings no agent of its own, as it was before the extension was loaded. */
    dispatchers: [1, 2].map((version) => globalThis[Symbol.for(`undici.globalDispatcher.${version}`)]),
    logFolder: vscode.Uri.joinPath(context.logUri, '..', SUBJECT).fsPath,
  };
};

/** `host:port` of every TCP connection that this process begins, from now on. */
function watchConnections() {
  const connections = [];
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (...args) {
    // `net.connect` hands its arguments on as one array.
    const [target, host] = Array.isArray(args[0]) ? args[0] : args;
    if (typeof target === 'number') {
      connections.push(`${typeof host === 'string' ? host : 'localhost'}:${target}`);
    } else if (target?.port !== undefined) {
      connections.push(`${target.host ?? 'localhost'}:${target.port}`);
    }
    return connect.apply(this, args);
  };
  return connections;
}

/**
 * Notes each operation of the extension on its secrets, and lets the first of them hang until another provider with
 * the same id has been offered: that one comes too late if the extension has registered its own without waiting.
 */
function watchSecrets(secrets) {
  const operations = [];
  const prototype = Object.getPrototypeOf(secrets);
  let start;
  for (const name of ['get', 'store', 'delete', 'keys']) {
    const original = prototype[name];
    prototype[name] = async function (...args) {
      if (!Object.values(this).includes(SUBJECT)) {
        return original.apply(this, args);
      }
      operations.push({ name, key: args[0] });
      start ??= offerRival();
      await start;
      return original.apply(this, args);
    };
  }
  let offered;
  const rivalOffered = new Promise((resolve) => (offered = resolve));
  const offerRival = async () => {
    // The extension is in the middle of its activation now; what it does without waiting is done after this turn.
    await setImmediate();
    vscode.authentication.registerAuthenticationProvider('ninjaone', 'Rival', {
      onDidChangeSessions: new vscode.EventEmitter().event,
      getSessions: async () => [
        { id: 'rival', accessToken: 'rival', scopes: ['monitoring'], account: { id: 'rival', label: 'Rival' } },
      ],
      createSession: () => Promise.reject(new Error('The rival signs nobody in.')),
      removeSession: async () => {},
    });
    offered({ wasActive: vscode.extensions.getExtension(SUBJECT)?.isActive === true });
  };
  return { secretOperations: operations, rivalOffered };
}
