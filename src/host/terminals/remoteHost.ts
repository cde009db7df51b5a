import { hostname } from 'node:os';
import * as vscode from 'vscode';

/**
 * The computer on which terminals and tasks of a remote window run, for display; undefined in a local window. `isThere`
 * says whether this extension runs on it.
 */
export function remoteHost(isThere: boolean): string | undefined {
  const { remoteName } = vscode.env;
  if (remoteName === undefined || isThere) {
    return remoteName && hostname();
  }
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'vscode-remote');
  const [, name] = AUTHORITY.exec(folder?.uri.authority ?? '') ?? [];
  return name === undefined || ENCODED.test(name) ? remoteName : `${name} (${remoteName})`;
}

/** `ssh-remote+build.example` or `wsl+Ubuntu`. */
const AUTHORITY = /^[\w-]+\+([^+]{1,100})$/;

/** Of a container, VS Code encodes a whole object, which says nothing to a person. */
const ENCODED = /^[\da-f]{24,}$/i;
