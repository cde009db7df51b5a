#!/usr/bin/env node
// Stands in for the command `code` of a desktop VS Code. Like it, the command starts the editor detached and waits for
// its end; the editor notes its process id in its profile. It reports to the test what it was given, and ends when the
// test closes the connection.
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
