import { isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import type { ResourceType } from '../catalog/operation.ts';
import type { Connection } from '../connections/connection.ts';
import type { Scalar } from '../requests/requestDraft.ts';
import { fetchJson, noNames, SIGNED_OUT, type NameRequestOptions } from './nameRequests.ts';
import { nameSourceOf, readObject, readObjects, type NamedObject } from './nameSources.ts';
import { SharedTasks } from './sharedTasks.ts';

export interface NameDirectoryOptions extends Pick<NameRequestOptions, 'client' | 'operation' | 'session'> {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Objects of one type by name. */
export interface NameList {
  readonly objects: readonly NamedObject[];
  /** Otherwise there are more objects than those. */
  readonly isComplete: boolean;
}

/** The objects of one type on a connection. */
export interface NamePlace {
  readonly kind: ResourceType;
  readonly connection: Connection;
}

/**
 * Names of the objects of each connection (E16). A list is fetched when it is asked for, and kept in memory for five
 * minutes. All functions that send requests reject with a NinjaOneError, as canceled when the signal is aborted.
 */
export class NameDirectory {
  readonly #options: NameDirectoryOptions;
  readonly #memories = new Map<string, Memory>();

  constructor(options: NameDirectoryOptions) {
    this.#options = options;
  }

  /** The list that is in memory. Sends no request. */
  known({ kind, connection }: NamePlace): NameList | undefined {
    return this.#fresh(this.#memory(connection).lists.get(kind));
  }

  /**
   * The objects of this type: all of them, or, of devices, those of the first page. Sends a request for each page unless
   * the list is in memory. After a failure, nothing is sent until NinjaOne may be asked again.
   */
  async list({ kind, connection }: NamePlace, signal: AbortSignal): Promise<NameList> {
    return (
      this.known({ kind, connection }) ??
      this.#once({ key: `list ${kind}`, connection, signal }, (context) => this.#fetchList(kind, context))
    );
  }

  /** Devices that NinjaOne finds by a text, the best ones first. Sends one request. */
  async search({ kind, connection }: NamePlace, text: string, signal: AbortSignal): Promise<NameList> {
    const source = nameSourceOf(kind);
    if (source?.search === undefined) {
      throw noNames(kind);
    }
    const { search } = source;
    const task = { key: `search ${kind}`, detail: text, connection, signal };
    return this.#once(task, async (context) => {
      const objects = readObjects(await this.#json(search, { q: text, limit: MAX_FOUND }, context), source);
      return { objects, isComplete: objects.length < MAX_FOUND };
    });
  }

  /**
   * The object with this ID, from memory unless `isFresh`. Otherwise sends one request for the object, or the requests for
   * the list if NinjaOne has none for one object. Undefined if there is no such object.
   */
  async find(
    { kind, connection }: NamePlace,
    id: string,
    { signal, isFresh = false, organizationId }: FindOptions,
  ): Promise<NamedObject | undefined> {
    const source = nameSourceOf(kind);
    if (!source) {
      return undefined;
    }
    const memory = this.#memory(connection);
    const ofList = isFresh ? undefined : this.known({ kind, connection });
    const listed = ofList?.objects.find((object) => object.id === id);
    const kept = isFresh ? undefined : this.#fresh(memory.objects.get(`${kind} ${id}`));
    if (listed || kept) {
      return listed ?? kept;
    }
    const { single, ofOrganization } = source;
    if (ofOrganization !== undefined && organizationId !== undefined) {
      const task = { key: `list ${kind} of organization`, detail: organizationId, connection, signal, isFresh };
      const { objects } = await this.#once(task, async (context) => ({
        objects: readObjects(await this.#json(ofOrganization, { id: organizationId }, context), source),
        isComplete: true,
      }));
      return objects.find((object) => object.id === id);
    }
    if (single === undefined) {
      const task = { key: `list ${kind}`, connection, signal, isFresh };
      const list = ofList ?? (await this.#once(task, (context) => this.#fetchList(kind, context)));
      return list.objects.find((object) => object.id === id);
    }
    const task = { key: `single ${kind}`, detail: id, connection, signal, isFresh };
    const { objects } = await this.#once(task, async (context) => {
      const object = readObject(await this.#json(single, { id }, context), source);
      return { objects: object ? [object] : [], isComplete: true };
    }).catch((error: unknown): NameList => {
      if (isNinjaOneError(error) && error.code === NOT_FOUND) {
        return { objects: [], isComplete: true };
      }
      throw error;
    });
    // An answer about another object would put its name in place of the right one.
    const object = objects.find((each) => each.id === id);
    if (object) {
      memory.objects.set(`${kind} ${id}`, this.#until(object));
      const [oldest] = memory.objects.keys();
      if (oldest !== undefined && memory.objects.size > MAX_OBJECTS) {
        memory.objects.delete(oldest);
      }
    }
    return object;
  }

  /** The names of the organization and the location of an object, as far as they are in memory. Sends no request. */
  ownersOf({ organizationId, locationId }: NamedObject, connection: Connection): readonly string[] {
    const named = (kind: ResourceType, id: string | undefined): readonly string[] => {
      const name = id === undefined ? undefined : this.#index(kind, connection)?.get(id);
      return name === undefined ? [] : [name];
    };
    return [...named('organization', organizationId), ...named('location', locationId)];
  }

  /** Forgets the names of a connection, and ends its requests. */
  forget(connectionId: string): void {
    this.#memories.get(connectionId)?.tasks.abort();
    this.#memories.delete(connectionId);
  }

  #memory({ id }: Connection): Memory {
    const memory = this.#memories.get(id) ?? {
      lists: new Map(),
      indexes: new WeakMap(),
      objects: new Map(),
      failures: new Map(),
      tasks: new SharedTasks<NameList>(),
    };
    this.#memories.set(id, memory);
    return memory;
  }

  /** The names of a list by ID, because an owner is looked up for each row that is shown. */
  #index(kind: ResourceType, connection: Connection): ReadonlyMap<string, string> | undefined {
    const list = this.known({ kind, connection });
    const { indexes } = this.#memory(connection);
    const index = list && (indexes.get(list) ?? new Map(list.objects.map(({ id, name }) => [id, name])));
    if (list && index) {
      indexes.set(list, index);
    }
    return index;
  }

  /**
   * Shares a running request. After one failed, others with the same key wait a while, because they would fail for the same
   * reason at each key stroke.
   */
  async #once(
    { key, detail = '', connection, signal, isFresh = false }: Task,
    task: (context: Context) => Promise<NameList>,
  ): Promise<NameList> {
    const memory = this.#memory(connection);
    const failure = isFresh ? undefined : this.#fresh(memory.failures.get(key));
    if (failure) {
      throw failure;
    }
    return memory.tasks.run(
      `${key} ${detail} ${isFresh}`,
      async (ending) => {
        try {
          return await task({ connection, memory, signal: ending, isFresh });
        } catch (error) {
          if (isNinjaOneError(error) && !isPassing(error)) {
            const pause = Math.min(Math.max(error.retryAfter ?? 0, PAUSE_AFTER_FAILURE), KEPT_MS);
            memory.failures.set(key, { value: error, until: this.#options.now() + pause });
          }
          throw error;
        }
      },
      signal,
    );
  }

  async #fetchList(kind: ResourceType, context: Context): Promise<NameList> {
    const source = nameSourceOf(kind);
    if (!source) {
      throw noNames(kind);
    }
    const objects: NamedObject[] = [];
    let isComplete = source.pageSize === undefined;
    let after: string | undefined;
    for (let page = 1; page <= (source.search === undefined ? MAX_PAGES : 1); page++) {
      const { pageSize } = source;
      const answer = await this.#json(source.list, pageSize === undefined ? {} : { pageSize, after }, context);
      const rows = readObjects(answer, source);
      objects.push(...rows);
      isComplete ||= !Array.isArray(answer) || answer.length < (pageSize ?? 0);
      const last = rows.at(-1)?.id;
      if (isComplete || last === undefined || last === after) {
        break;
      }
      after = last;
    }
    const list = { objects: sorted(objects), isComplete };
    context.memory.lists.set(kind, this.#until(list));
    return list;
  }

  #json(key: string, values: Readonly<Record<string, Scalar | undefined>>, context: Context): Promise<unknown> {
    return fetchJson(key, values, { ...this.#options, ...context });
  }

  #until<T>(value: T): Kept<T> {
    return { value, until: this.#options.now() + KEPT_MS };
  }

  #fresh<T>(kept: Kept<T> | undefined): T | undefined {
    return kept && this.#options.now() < kept.until ? kept.value : undefined;
  }
}

export interface FindOptions {
  readonly signal: AbortSignal;
  /** Asks NinjaOne also if the name is in memory. */
  readonly isFresh?: boolean;
  /** The organization to which the object belongs, if it is known: its own list is shorter. */
  readonly organizationId?: string | undefined;
}

interface Kept<T> {
  readonly value: T;
  readonly until: number;
}

/** What is remembered of one connection. A request that ends after it was forgotten writes into the old one. */
interface Memory {
  readonly lists: Map<ResourceType, Kept<NameList>>;
  readonly indexes: WeakMap<NameList, ReadonlyMap<string, string>>;
  /** Single objects, by type and ID. */
  readonly objects: Map<string, Kept<NamedObject>>;
  readonly failures: Map<string, Kept<NinjaOneError>>;
  readonly tasks: SharedTasks<NameList>;
}

interface Task {
  /** What is asked for. A failure is about all requests with this key. */
  readonly key: string;
  /** The text or the ID. */
  readonly detail?: string;
  readonly connection: Connection;
  readonly signal: AbortSignal;
  readonly isFresh?: boolean;
}

interface Context {
  readonly connection: Connection;
  readonly memory: Memory;
  readonly signal: AbortSignal;
  /** A person waits for it, so it is sent again when NinjaOne is busy. */
  readonly isFresh: boolean;
}

/** Milliseconds for which names are kept. */
const KEPT_MS = 300_000;
/** Milliseconds after a failure in which the same is not tried again. */
const PAUSE_AFTER_FAILURE = 5000;
/** How many objects a search returns at most. */
const MAX_FOUND = 50;
const MAX_PAGES = 10;
const MAX_OBJECTS = 500;

function sorted(objects: readonly NamedObject[]): readonly NamedObject[] {
  return objects
    .map((object) => ({ object, key: object.name.toLowerCase() }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ object }) => object);
}

/** The next request may succeed: another object, or a session since then. */
function isPassing({ code, intent }: NinjaOneError): boolean {
  return intent === 'canceled' || code === SIGNED_OUT || code === NOT_FOUND;
}

const NOT_FOUND = 'api.notFound';
