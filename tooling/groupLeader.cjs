// Runs the command in its arguments. As the leader of a process group it ends the group when its launcher is gone.
require('./orphanGuard.cjs');
const { spawn } = require('node:child_process');

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
child.once('error', (error) => {
  console.error(error.message);
  process.exitCode = 127;
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
