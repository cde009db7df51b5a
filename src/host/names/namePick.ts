import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { isCanceled, isNinjaOneError, type NinjaOneError } from '../../core/base/errors.ts';
import { fetchOwners } from '../../core/names/fetchOwners.ts';
import type { NameDirectory, NameList, NamePlace } from '../../core/names/nameDirectory.ts';
import type { NamedObject } from '../../core/names/nameSources.ts';
import { rankNames } from '../../core/names/rankNames.ts';
import { showLivePick, type LiveList } from '../platform/livePick.ts';
import { localize } from '../platform/localize.ts';
import { descriptionOf, enterId, nothingFound, typeMore, type NameRow } from './nameRows.ts';

export interface NameQuestion extends NamePlace {
  readonly title: string;
  readonly placeholder: string;
  /** The value that Enter takes while nothing is typed. */
  readonly proposed?: string | undefined;
  /** What is wrong with a text as a value; undefined if it is one. */
  readonly problemOf: (text: string) => string | undefined;
}

/**
 * Asks for an object by name or by ID. A typed ID is taken as it is, without a request. Names come from memory, or from a
 * request that begins when the user has opened the list and types no ID. Says in the list why there are no names.
 * Resolves to the ID, or to undefined if the user closes the list.
 */
export async function askForName(question: NameQuestion, directory: NameDirectory): Promise<string | undefined> {
  const search = new NameSearch(question, directory);
  const chosen = await showLivePick<NameRow>({
    title: question.title,
    placeholder: question.placeholder,
    ignoreFocusOut: true,
    items: (text) => search.rows(text.trim()),
    follow: (text, list) => void search.follow(text.trim(), list),
    isSame: (one, other) => one.value !== undefined && one.value === other.value,
    // An Enter too much does not take the first name of a list.
    takesBest: (text) => text.trim() !== '' || question.proposed !== undefined,
    isChoice: ({ value }) => value !== undefined,
  });
  return chosen?.value;
}

/** The rows of one question, and the requests for them. */
class NameSearch {
  readonly #question: NameQuestion;
  readonly #directory: NameDirectory;
  #list: NameList | undefined;
  #failure: NinjaOneError | undefined;
  /** What NinjaOne found for a text. */
  #found: { readonly text: string; readonly list: NameList } | undefined;
  #typing = new AbortController();
  #areOwnersAsked = false;

  constructor(question: NameQuestion, directory: NameDirectory) {
    this.#question = question;
    this.#directory = directory;
    this.#list = directory.known(question);
  }

  rows(text: string): readonly NameRow[] {
    const { proposed, problemOf } = this.#question;
    const isId = text !== '' && problemOf(text) === undefined;
    const given = text === '' ? proposed : isId ? text : undefined;
    const objects = this.#objects(text);
    const rows = objects.filter(({ id }) => id !== given).map((object) => this.#row(object));
    return [...(given === undefined ? [] : [this.#givenRow(given)]), ...rows, ...this.#notes(text, isId, objects)];
  }

  /**
   * Sends a request for the names that are missing: at once if the user has to name an object, a moment after the last key
   * stroke if they type, and a moment after the list was opened if Enter may be all that they want.
   */
  async follow(text: string, list: LiveList): Promise<void> {
    this.#typing.abort();
    this.#typing = new AbortController();
    const { signal } = this.#typing;
    const isId = text !== '' && this.#question.problemOf(text) === undefined;
    const isNarrowed = text !== '' && this.#list?.isComplete === false && this.#found?.text !== text;
    if (isId || (this.#list && !isNarrowed)) {
      list.busy(false);
      if (this.#list) {
        void this.#askOwners(list);
      }
      return;
    }
    try {
      list.busy(true);
      const isNeeded = text === '' && this.#question.proposed === undefined;
      await pause(isNeeded ? 0 : DELAY_MS, undefined, { signal: AbortSignal.any([signal, list.signal]) });
      await this.#load(text, list, signal);
      this.#failure = undefined;
    } catch (error) {
      if (signal.aborted || list.signal.aborted || isCanceled(error)) {
        return;
      }
      if (!isNinjaOneError(error)) {
        throw error;
      }
      this.#failure = error;
    }
    list.refresh();
    if (!signal.aborted) {
      list.busy(false);
      await this.#askOwners(list);
    }
  }

  /** The list goes on while the user types; a search ends with the next key stroke. */
  async #load(text: string, list: LiveList, signal: AbortSignal): Promise<void> {
    this.#list ??= await this.#directory.list(this.#question, list.signal);
    if (signal.aborted || text === '' || this.#list.isComplete) {
      return;
    }
    list.refresh();
    const found = await this.#directory.search(this.#question, text, AbortSignal.any([signal, list.signal]));
    this.#found = { text, list: found };
  }

  /** Reads the names of organizations and locations once, which tell equal names apart. The list goes without them. */
  async #askOwners(list: LiveList): Promise<void> {
    if (this.#areOwnersAsked || !this.#list) {
      return;
    }
    this.#areOwnersAsked = true;
    const { connection } = this.#question;
    if (await fetchOwners(this.#list.objects, this.#directory, { connection, signal: list.signal })) {
      list.refresh();
    }
  }

  #objects(text: string): readonly NamedObject[] {
    const found = this.#found?.text === text ? this.#found.list.objects : [];
    const ids = new Set(found.map(({ id }) => id));
    const options = { ownersOf: (object: NamedObject) => this.#ownersOf(object), limit: MAX_ROWS };
    const ranked = rankNames(this.#list?.objects ?? [], text, options);
    return [...found, ...ranked.filter(({ id }) => !ids.has(id))].slice(0, MAX_ROWS);
  }

  #notes(text: string, isId: boolean, objects: readonly NamedObject[]): readonly NameRow[] {
    if (this.#failure) {
      return [{ label: enterId(), detail: localize(this.#failure), alwaysShow: true }];
    }
    const list = this.#found?.text === text ? this.#found.list : this.#list;
    if (objects.length === 0) {
      const isKnown = list !== undefined && (list.isComplete || list === this.#found?.list);
      const detail = this.#question.problemOf(text);
      return isKnown && !isId && text !== ''
        ? [{ label: nothingFound(this.#question.kind, text), ...(detail === undefined ? {} : { detail }) }]
        : [];
    }
    return objects.length >= MAX_ROWS || list?.isComplete === false
      ? [{ label: typeMore(objects.length), alwaysShow: true }]
      : [];
  }

  #row(object: NamedObject): NameRow {
    const description = descriptionOf(object, this.#question.connection, this.#directory);
    return { label: object.name, description, value: object.id };
  }

  #givenRow(value: string): NameRow {
    const object = [...(this.#list?.objects ?? []), ...(this.#found?.list.objects ?? [])].find(
      ({ id }) => id === value,
    );
    const owners = object ? [object.name, ...this.#ownersOf(object)] : [];
    return { label: value, description: owners.length > 0 ? owners.join(' · ') : vscode.l10n.t('Use this ID'), value };
  }

  #ownersOf(object: NamedObject): readonly string[] {
    return this.#directory.ownersOf(object, this.#question.connection);
  }
}

/** Milliseconds without a key stroke after which a request is sent. */
const DELAY_MS = 150;
/** VS Code takes time for each row at every key stroke. */
const MAX_ROWS = 100;
