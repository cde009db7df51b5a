import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdir, readdir, readFile, realpath, symlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../tooling/provisionVscode.ts';

export interface StartRun {
  /** Waits until the output matches. Rejects when the command ends before. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** As Ctrl+C in a terminal: every process of the foreground group gets the signal. */
  readonly interrupt: () => void;
  /** As a supervisor does: npm alone is asked to end, and ends its shell, which tells nobody. */
  readonly endNpm: () => void;
  /** Ends what is left of it, after a test that failed in the middle. */
  readonly dispose: () => Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

/** `npm start -- <flags>` as in a terminal, with these variables laid over those of the tests. */
export function npmStart(flags: readonly string[], env: NodeJS.ProcessEnv): StartRun {
  const isWindows = process.platform === 'win32';
  const child = spawn(isWindows ? 'npm.cmd' : 'npm', ['start', '--', ...flags], {
    cwd: projectRoot,
    detached: !isWindows,
    shell: isWindows,
    stdio: ['ignore', 'pipe', 'pipe'],
    // The tests may run in the terminal of a remote window, where `code` does not count.
    env: { ...process.env, VSCODE_IPC_HOOK_CLI: undefined, ...env },
  });
  let output = '';
  let isOver = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    isOver = true;
    return { code: code as number | null, output };
  });
  const interrupt = (): void => {
    assert.ok(child.pid);
    process.kill(isWindows ? child.pid : -child.pid, 'SIGINT');
  };
  return {
    ended,
    interrupt,
    dispose: async () => {
      if (!isOver) {
        interrupt();
        await ended;
      }
    },
    endNpm: () => {
      child.kill('SIGTERM');
    },
    says: async (pattern) => {
      for (let match = pattern.exec(output); ; match = pattern.exec(output)) {
        if (match) {
          return match;
        }
        assert.ok(!isOver, `npm start ended without saying ${String(pattern)}:\n${output}`);
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended]);
      }
    },
  };
}

/** Fails when a run with this `TMPDIR` left a file in it or, where that can be seen, a process that knows it. */
export async function assertNothingLeft(temporary: string): Promise<void> {
  // Helpers of a browser that was closed take a moment to follow it, and remove their files until then.
  for (let attempt = 1; process.platform === 'linux'; attempt += 1) {
    const alive = await processesThatKnow(temporary);
    if (alive.length === 0) {
      break;
    }
    assert.ok(attempt < 200, `still running:\n${alive.join('\n')}`);
    await sleep(100);
  }
  const caches = /^(tsx-|node-compile-cache)/;
  const files = (await readdir(temporary)).filter((name) => !caches.test(name));
  assert.deepEqual(files, []);
}

/** A `PATH` with nothing but what npm needs: the machine of the tests may have a desktop VS Code. */
export async function pathWithoutCode(folder: string): Promise<string> {
  await mkdir(folder);
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  for (const name of ['node', 'npm', 'sh']) {
    for (const candidate of folders.map((each) => path.join(each, name))) {
      if (
        await access(candidate, constants.X_OK).then(
          () => true,
          () => false,
        )
      ) {
        await symlink(await realpath(candidate), path.join(folder, name));
        break;
      }
    }
  }
  return folder;
}

async function processesThatKnow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.includes(folder)) {
      found.push((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' '));
    }
  }
  return found;
}
