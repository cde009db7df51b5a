import type { ApiClient } from '../../core/api/apiClient.ts';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import { withWiderSession } from '../../core/api/widerSession.ts';
import { canceled, isNinjaOneError, NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { Emitter, type Disposable, type Event } from '../../core/base/lifecycle.ts';
import type { LocalizableMessage } from '../../core/base/messages.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { fetchResourcePage } from '../../core/resources/fetchResources.ts';
import {
  DEVICE_LISTS,
  PAGE_SIZE,
  RESOURCE_LISTS,
  resourceDraft,
  resourceItem,
  type ResourceListName,
} from '../../core/resources/resourceLists.ts';
import { buildRequest } from '../../core/requests/buildRequest.ts';
import { requestNotComplete } from '../../core/requests/requestDraft.ts';
import { withDelayedProgress } from '../platform/delayedProgress.ts';
import type { RequestSessions } from '../requests/requestSessions.ts';
import { isDevice, type ItemRow, type ListRow, type NoteRow, type ResourceRow } from './resourceRows.ts';

export interface ResourceTreeOptions {
  readonly client: ApiClient;
  readonly sessions: RequestSessions;
  readonly catalogOf: (connection: Connection) => Promise<Catalog>;
}

/** What is known of the list below a row. Only what the view shows is kept. */
interface ListState {
  readonly abort: AbortController;
  readonly rows: (ListRow | ItemRow)[];
  /** Settles when no request is on its way. Never rejects. */
  loading: Promise<void>;
  next: ApiRequest | undefined;
  failure: NinjaOneError | undefined;
  notice: LocalizableMessage | undefined;
  /** Whether the last page had fewer items than were asked for. */
  isShort: boolean;
}

/**
 * The rows of the Resources view (E17). A row sends one request when it is opened for the first time, and one for each
 * further page. What was fetched is kept until the row is refreshed or the view is emptied.
 */
export class ResourceTree implements Disposable {
  readonly #options: ResourceTreeOptions;
  readonly #lists = new Map<string, ListState>();
  readonly #changed = new Emitter<ResourceRow>();

  /** Fires when there is more or something else below a row. */
  readonly onDidChange: Event<ResourceRow> = this.#changed.event;

  constructor(options: ResourceTreeOptions) {
    this.#options = options;
  }

  /** Sends a request if a list is opened for the first time. Never rejects: an error is a row. */
  async children(row: ResourceRow): Promise<readonly ResourceRow[]> {
    if (row.kind !== 'list') {
      return isDevice(row) ? listsOf(row) : [];
    }
    const state = this.#lists.get(row.id) ?? this.#open(row);
    await state.loading;
    return [...state.rows, ...notesOf(row, state)];
  }

  /** Fetches the next page, or the first one again if it could not be fetched. */
  async loadMore({ of }: NoteRow): Promise<void> {
    const state = this.#lists.get(of.id);
    if (!state) {
      return;
    }
    const { next } = state;
    state.loading = state.loading.then(() => this.#load(of, state, next));
    await state.loading;
    this.#changed.fire(of);
  }

  /** Forgets what is below a row, so that it is fetched again if the row is open, or else when it is opened. */
  refresh(row: ListRow): void {
    this.#forget((id) => id === row.id || id.startsWith(`${row.id}/`));
    this.#changed.fire(row);
  }

  /** Forgets everything, and cancels what is on its way. */
  clear(): void {
    this.#forget(() => true);
  }

  /** The request for the first page of the list below a row. Rejects with a NinjaOneError. */
  async request({ opens, objects, connection }: ListRow): Promise<ApiRequest> {
    const operation = await this.#operation(opens, connection);
    const result = buildRequest(resourceDraft(opens, objects, operation), { operation, connection });
    if (!result.ok) {
      throw requestNotComplete(result);
    }
    return result.request;
  }

  dispose(): void {
    this.clear();
    this.#changed.dispose();
  }

  #forget(isMeant: (id: string) => boolean): void {
    for (const [id, { abort }] of [...this.#lists]) {
      if (isMeant(id)) {
        this.#lists.delete(id);
        abort.abort();
      }
    }
  }

  #open(row: ListRow): ListState {
    const state: ListState = {
      abort: new AbortController(),
      rows: [],
      loading: Promise.resolve(),
      ...{ next: undefined, failure: undefined, notice: undefined, isShort: false },
    };
    this.#lists.set(row.id, state);
    state.loading = this.#load(row, state, undefined);
    return state;
  }

  async #load(row: ListRow, state: ListState, next: ApiRequest | undefined): Promise<void> {
    state.failure = undefined;
    try {
      const page = await this.#fetch(next ?? (await this.request(row)), state.abort.signal);
      const known = new Set(state.rows.map(({ id }) => id));
      state.rows.push(...page.items.map((item) => rowOf(row, item, known)));
      state.next = page.next;
      state.notice = page.notice;
      state.isShort = page.items.length < PAGE_SIZE;
    } catch (error) {
      state.failure = isNinjaOneError(error) ? error : unexpected(error);
    }
  }

  async #fetch(request: ApiRequest, signal: AbortSignal): ReturnType<typeof fetchResourcePage> {
    const { client, sessions } = this.#options;
    const { operation, connection } = request;
    const session = sessions.existing(operation, connection);
    if (signal.aborted || !session) {
      throw session ? canceled() : notSignedIn(connection);
    }
    const send = withWiderSession(client, session, () => sessions.wider(session));
    return withDelayedProgress(`${operation.key} · ${connection.name}`, (cancel) =>
      fetchResourcePage(request, send, AbortSignal.any([signal, cancel])),
    );
  }

  async #operation(list: ResourceListName, connection: Connection): Promise<Operation> {
    const key = RESOURCE_LISTS[list].operation;
    const operation = (await this.#options.catalogOf(connection)).find(key);
    if (!operation) {
      throw notDescribed(key);
    }
    return operation;
  }
}

function rowOf(row: ListRow, value: unknown, known: Set<string>): ListRow | ItemRow {
  const { opens: list, connection, objects } = row;
  const item = resourceItem(list, value);
  const { kind } = RESOURCE_LISTS[list];
  const own = kind !== undefined && item.id !== undefined ? [{ kind, id: item.id }] : [];
  // VS Code refuses two rows with one ID, and a page can repeat an item of the page before.
  const id = uniqueId(`${row.id}/${list}:${item.id ?? item.name}`, known);
  const opens = own.length > 0 ? OPENS.get(list) : undefined;
  return opens === undefined
    ? { kind: 'item', id, connection, list, item, objects: own.length > 0 ? [...own, ...objects] : [] }
    : { kind: 'list', id, connection, opens, item, objects: [...own, ...objects] };
}

const OPENS: ReadonlyMap<ResourceListName, ResourceListName> = new Map([
  ['organizations', 'locations'],
  ['locations', 'devices'],
]);

function uniqueId(wanted: string, known: Set<string>): string {
  let id = wanted;
  for (let number = 2; known.has(id); number += 1) {
    id = `${wanted}#${number}`;
  }
  known.add(id);
  return id;
}

/** Sends nothing: which lists a device has is known. */
function listsOf({ id, connection, objects, item }: ItemRow): ListRow[] {
  return DEVICE_LISTS.filter((list) => list !== 'services' || item.isWindows).map((opens) => ({
    kind: 'list',
    id: `${id}/${opens}`,
    ...{ connection, opens, objects, item: undefined },
  }));
}

function notesOf(of: ListRow, { rows, next, failure, notice, abort, isShort }: ListState): NoteRow[] {
  const note = (value: NoteRow['note']): NoteRow => ({
    kind: 'note',
    id: `${of.id}/${value.type}`,
    ...{ connection: of.connection, of, note: value },
  });
  if (failure) {
    return abort.signal.aborted ? [] : [note({ type: 'failure', error: failure })];
  }
  return [
    ...(notice ? [note({ type: 'notice', text: notice })] : []),
    ...(next ? [note({ type: 'more', shown: rows.length, isShort })] : []),
    ...(rows.length === 0 && !next && !notice ? [note({ type: 'empty' })] : []),
  ];
}

function notSignedIn({ name }: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'resources.notSignedIn',
    intent: 'permission',
    message: l10n.t('Sign in to {0} to see this list.', name),
  });
}

function notDescribed(key: string): NinjaOneError {
  return new NinjaOneError({
    code: 'resources.notDescribed',
    intent: 'misconfigured',
    message: l10n.t('The instance does not have the operation {0}, so this list is not available.', key),
  });
}

function unexpected(cause: unknown): NinjaOneError {
  return new NinjaOneError({
    code: 'resources.unexpected',
    intent: 'transient',
    message: l10n.t('The list could not be read because of an unexpected error.'),
    cause,
  });
}
