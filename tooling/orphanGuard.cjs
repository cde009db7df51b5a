// Loaded into the VS Code server with --require: the server leads a process group of its own, so that it can be ended
// with its children, and would live on if the tests were killed. It then ends itself and the group.
const launcher = process.ppid;

setInterval(() => {
  if (process.ppid !== launcher) {
    try {
      process.kill(-process.pid, 'SIGKILL');
    } catch {
      process.exit(1);
    }
  }
}, 1000).unref();
