import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, plainText } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Connection } from '../connections/connection.ts';
import { hashedFileName } from '../files/atomicWrite.ts';
import { grantKey, type Account, type StoredSession } from './session.ts';

/**
 * The only place where account labels are made. VS Code remembers consent by label, so a label includes the scopes of the
 * token (A11), and a label that was used for one client app is never given to another one: that one gets a number (A19).
 *
 * The memory is a folder with one small file per connection name and instance, because VS Code keeps consent, secrets
 * and our settings for all its windows and profiles, and this folder is shared by them, too. Its state storage is not:
 * each profile has its own, and a window writes all of it and could so undo what another one has just written. A file
 * is created once and never changed. It contains hashes only.
 */
export class AccountLabels {
  readonly #directory: string;
  readonly #logger: Logger;
  /** Label without scopes → ID of the connection that it belongs to. Never changes. */
  readonly #owners = new Map<string, string>();

  constructor({ directory, logger }: { readonly directory: string; readonly logger: Logger }) {
    this.#directory = directory;
    this.#logger = logger;
  }

  /** Without a connection, the label is only displayed, so nothing is remembered. */
  account(session: StoredSession, connection: Connection | undefined): Account {
    const name = plainText(connection?.name ?? session.connectionName);
    const instance = plainText(connection?.instance.label ?? session.instanceLabel);
    const prefix = this.#prefix(session.connectionId, { name, instance, isUsed: connection !== undefined });
    return {
      id: grantKey(session),
      label: `${prefix} · ${session.scopes.join(', ')}`,
    };
  }

  #prefix(connectionId: string, { name, instance, isUsed }: LabelParts): string {
    try {
      for (let number = 1; ; number++) {
        const prefix = `${number === 1 ? name : `${name} (${number})`} · ${instance}`;
        const owner = this.#ownerOf(prefix) ?? (isUsed ? this.#claim(prefix, connectionId) : connectionId);
        if (owner === connectionId) {
          return prefix;
        }
      }
    } catch (error) {
      this.#logger.warn(`The owner of an account label could not be read or stored: ${errorMessage(error)}`);
      // Needs no memory, and still differs from the label of any other client app.
      return `${name} (${connectionId.slice(0, 8)}) · ${instance}`;
    }
  }

  #ownerOf(prefix: string): string | undefined {
    const known = this.#owners.get(prefix);
    if (known !== undefined) {
      return known;
    }
    const owner = readOwner(this.#path(prefix));
    if (owner !== undefined) {
      this.#owners.set(prefix, owner);
    }
    return owner;
  }

  /** Resolves to the owner, which is another one if another window was faster. */
  #claim(prefix: string, connectionId: string): string {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const path = this.#path(prefix);
    const draft = `${path}.${randomUUID()}.part`;
    try {
      writeFileSync(draft, connectionId, { flag: 'wx', mode: 0o600 });
      createOnce(draft, path);
    } finally {
      rmSync(draft, { force: true });
    }
    const owner = readOwner(path) ?? connectionId;
    this.#owners.set(prefix, owner);
    return owner;
  }

  /** Names in different Unicode forms look the same. */
  #path(prefix: string): string {
    return join(this.#directory, hashedFileName(prefix.normalize('NFC')));
  }
}

interface LabelParts {
  readonly name: string;
  readonly instance: string;
  /** Whether VS Code gets the label. */
  readonly isUsed: boolean;
}

function readOwner(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** A link fails if the path exists, so the first of several windows wins. Some file systems have no links. */
function createOnce(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      renameSync(draft, path);
    }
  }
}
