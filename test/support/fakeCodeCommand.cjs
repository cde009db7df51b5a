#!/usr/bin/env node
// A fake of the command `code` of a desktop VS Code. Like the real one, it starts the editor detached, and the editor
// writes its process id into its profile. The fake reports its arguments to the test, and ends when the test closes the
// connection.
const { spawn } = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const { connect } = require('node:net');

const [, self, ...args] = process.argv;

if (process.env.FAKE_CODE_EXIT_CODE) {
  console.error('The display could not be opened.');
  process.exitCode = Number(process.env.FAKE_CODE_EXIT_CODE);
} else if (process.env.FAKE_CODE_EDITOR) {
  const data = args[args.indexOf('--user-data-dir') + 1];
  writeFileSync(`${data}/code.lock`, String(process.pid));
  const settings = JSON.parse(readFileSync(`${data}/User/settings.json`, 'utf8'));
  const test = connect(Number(process.env.FAKE_CODE_PORT), '127.0.0.1');
  test.write(`${JSON.stringify({ args, settings })}\n`);
  test.resume().once('close', () => process.exit(0));
} else {
  const env = { ...process.env, FAKE_CODE_EDITOR: 'yes' };
  spawn(process.execPath, [self, ...args], { detached: true, stdio: 'ignore', env });
}
