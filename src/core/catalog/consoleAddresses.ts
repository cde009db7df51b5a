import type { ResourceType } from './operation.ts';

/** An object of NinjaOne that an ID identifies. */
export interface ResourceObject {
  readonly kind: ResourceType;
  readonly id: string;
}

/**
 * How sure it is that NinjaOne's web console has the page at this address. NinjaOne documents none of them for the API:
 * - `clients`: many public clients and guides link to it, or read the ID from it.
 * - `fewClients`: several public clients link to it.
 */
type Evidence = 'clients' | 'fewClients';

interface ConsolePage {
  readonly kind: ResourceType;
  /** Behind `#/`, before the ID. What follows the ID in an address is the tab of the page. */
  readonly page: string;
  /** The tab that is opened. */
  readonly tab: string;
  readonly evidence: Evidence;
}

/** The only list of console addresses, for both ways (E20). */
export const CONSOLE_PAGES: readonly ConsolePage[] = [
  { kind: 'device', page: 'deviceDashboard', tab: '/overview', evidence: 'clients' },
  { kind: 'organization', page: 'customerDashboard', tab: '/overview', evidence: 'clients' },
  { kind: 'ticket', page: 'ticketing/ticket', tab: '', evidence: 'fewClients' },
];

/** The address of an object in the console of an instance; undefined if the kind has no known page or the ID is no number. */
export function consoleAddress(origin: string, { kind, id }: ResourceObject): string | undefined {
  const found = CONSOLE_PAGES.find((page) => page.kind === kind);
  return found && ID.test(id) ? `${origin}/#/${found.page}/${id}${found.tab}` : undefined;
}

/** A console address that somebody pasted. */
export interface ConsoleAddress {
  /** `https://eu.ninjarmm.com`, of any server. */
  readonly origin: string;
  readonly object: ResourceObject;
}

/** Undefined if the text has no console address of a known page. */
export function readConsoleAddress(text: string): ConsoleAddress | undefined {
  const [, address = '', page = '', id = ''] = ADDRESS.exec(text.slice(0, MAX_TEXT)) ?? [];
  const found = CONSOLE_PAGES.find((each) => each.page.toLowerCase() === page.toLowerCase());
  const origin = URL.parse(address)?.origin;
  return found && origin !== undefined && ID.test(id) ? { origin, object: { kind: found.kind, id } } : undefined;
}

/** IDs have 32 bits and begin with 1. */
const ID = /^[1-9]\d{0,9}$/;

/** Characters of a text that are searched, because it is searched at every key stroke. */
const MAX_TEXT = 2000;

const ADDRESS = /(?:^|[\s'"`<(])(https?:\/\/[^\s/?#]+)\/[^\s#]*#\/([a-z]+(?:\/[a-z]+)?)\/(\d+)(?=$|[^\w-])/i;
