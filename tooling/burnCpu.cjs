// Keeps a core busy until the process that its argument names is no longer its parent.
const { pbkdf2Sync } = require('node:crypto');

const launcher = Number(process.argv[2]);
while (process.ppid === launcher) {
  // About 50 ms of work.
  pbkdf2Sync('busy', 'busy', 50_000, 64, 'sha256');
}
