import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiRequest } from '../../src/core/api/apiRequest.ts';
import type { Operation } from '../../src/core/catalog/operation.ts';
import { powershellScript } from '../../src/core/export/powershellScript.ts';
import { powershellOrSkip, saveScript } from './powershell.ts';
import { ScriptedServer } from './scriptedServer.ts';

/** What a suite needs that runs saved scripts. Each is there when the first test begins. */
export interface SavedScripts {
  /** Starts PowerShell. */
  readonly command: string;
  /** Is deleted in the end, with all that is in it. */
  readonly directory: string;
  readonly server: ScriptedServer;
  /** A request to the server for an operation with this body and query; each parameter of the path is 1. */
  readonly request: (operation: Operation, values?: { readonly body?: string; readonly query?: string }) => ApiRequest;
  /** Saves the script of a request, and returns the path of the file. */
  readonly save: (request: ApiRequest) => Promise<string>;
  /** An access token that no other run has. */
  readonly newToken: () => string;
}

/** Prepares the suite around the call. Without PowerShell, skips it and says that `what` is not tested. */
export function useSavedScripts(what: string): SavedScripts {
  let started: Pick<SavedScripts, 'command' | 'directory' | 'server'> | undefined;
  let tokens = 0;
  const running = (): NonNullable<typeof started> => {
    if (!started) {
      throw new Error('The suite has not begun.');
    }
    return started;
  };
  before(async function () {
    const command = powershellOrSkip(this, what);
    const directory = await mkdtemp(join(tmpdir(), 'ninjaone-scripts-'));
    started = { command, directory, server: await ScriptedServer.start() };
  });
  after(async () => {
    await started?.server.stop();
    if (started) {
      await rm(started.directory, { recursive: true });
    }
  });
  return {
    get command() {
      return running().command;
    },
    get directory() {
      return running().directory;
    },
    get server() {
      return running().server;
    },
    request: (operation, { body, query = '' } = {}) => {
      const { connection } = running().server;
      const url = `${connection.instance.origin}${operation.path.replace(/\{[^}]+\}/g, '1')}${query}`;
      return { connection, operation, url, body };
    },
    save: (request) => saveScript(running().directory, powershellScript(request)),
    newToken: () => `token-${++tokens}`,
  };
}
