/**
 * JavaScript in place of VS Code's native modules, by package name. Compiling the real ones would need a compiler and
 * Node's headers; the server needs from them only what is here.
 */
export const NATIVE_STAND_INS: Readonly<Record<string, string>> = {
  '@vscode/native-watchdog': `
exports.start = (pid) => setInterval(() => {
  try { process.kill(pid, 0); } catch { process.exit(87); }
}, 3000).unref();
`,

  '@vscode/deviceid': `
exports.getDeviceId = async () => '00000000-0000-4000-8000-000000000000';
`,

  '@vscode/fs-copyfile': `
const fs = require('node:fs');
exports.isSupported = () => false;
exports.copyFile = exports.cp = (from, to) => fs.promises.cp(from, to, { recursive: true });
`,

  // Every log file, output channels included, is written by this one: without it they stay empty.
  '@vscode/spdlog': `
const fs = require('node:fs');
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical', 'off'];
let defaultLevel = 2;

class Logger {
  constructor(kind, name, file) {
    this.file = file;
    this.level = defaultLevel;
    this.isFormatted = true;
    try { fs.closeSync(fs.openSync(file, 'a')); } catch {}
  }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() { this.isFormatted = true; }
  clearFormatters() { this.isFormatted = false; }
  flush() {}
  drop() {}
  write(level, message) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace('T', ' ').slice(0, 23);
    const line = this.isFormatted ? time + ' [' + LEVELS[level] + '] ' + message + '\\n' : message;
    try { fs.appendFileSync(this.file, line); } catch {}
  }
}
LEVELS.slice(0, 6).forEach((name, level) => {
  Logger.prototype[name] = function (message) { this.write(level, message); };
});

exports.version = 0;
exports.Logger = Logger;
exports.setLevel = (level) => { defaultLevel = level; };
exports.setFlushOn = () => {};
exports.shutdown = () => {};
exports.createRotatingLogger = exports.createAsyncRotatingLogger = async (name, file) => new Logger('rotating', name, file);
`,
};
