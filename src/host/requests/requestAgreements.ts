import type * as vscode from 'vscode';
import type { Connection } from '../../core/connections/connection.ts';
import type { MissingMember } from '../../core/requests/missingMembers.ts';
import { askMissingMembers, askUndeclared } from './requestQuestions.ts';

/** What the user has agreed to send, or was told about, while a request document is open. */
export class RequestAgreements {
  /** IDs of connections with names of query parameters that the user agreed to send to them, by document address. */
  readonly #undeclared = new Map<string, ReadonlySet<string>>();
  /** The version of each document of which the user was told that its body lacks something. */
  readonly #told = new Map<string, number>();

  /** Whether the user agrees, now or earlier while the document was open. Another instance may not have the parameter. */
  async mayUse({ uri }: vscode.TextDocument, { id }: Connection, names: readonly string[]): Promise<boolean> {
    const agreed = this.#undeclared.get(uri.toString()) ?? new Set();
    const entryOf = (name: string): string => JSON.stringify([id, name]);
    const asked = names.filter((name) => !agreed.has(entryOf(name)));
    if (asked.length > 0 && !(await askUndeclared(asked))) {
      return false;
    }
    this.#undeclared.set(uri.toString(), new Set([...agreed, ...names.map(entryOf)]));
    return true;
  }

  /**
   * The first Send only tells what the body lacks. The API description may be wrong, so the user is asked when the same
   * text is sent again.
   */
  async mayLack({ uri, version }: vscode.TextDocument, lacking: readonly MissingMember[]): Promise<boolean> {
    const isTold = this.#told.get(uri.toString()) === version;
    this.#told.set(uri.toString(), version);
    return isTold && askMissingMembers(lacking.map(({ name }) => name));
  }

  /** Called when the document was closed. */
  forget({ uri }: vscode.TextDocument): void {
    this.#undeclared.delete(uri.toString());
    this.#told.delete(uri.toString());
  }
}
