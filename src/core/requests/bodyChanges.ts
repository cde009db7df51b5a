import { membersOfSchema } from '../catalog/bodyMembers.ts';
import type { Operation, Schemas } from '../catalog/operation.ts';
import { childTexts, JsonReader, stringValue } from '../json/jsonReader.ts';

/** A member that differs between two JSON objects. */
export interface ChangedMember {
  readonly name: string;
  /** JSON texts; undefined where the object does not have the member. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * The members whose values differ, in the order of `after`, then those that it no longer has. The order of members and
 * the way in which a string is escaped are no differences; the digits of a number are.
 */
export function changedMembers(before: string, after: string): readonly ChangedMember[] {
  const [old, now] = [membersOf(before), membersOf(after)];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    return comparable(was ?? '') === comparable(is ?? '') ? [] : [{ name, before: was, after: is }];
  });
}

/**
 * The body that a PATCH sends in place of `body`, which was `loaded` and then changed (E19): the members that differ, and
 * those that the API description requires. An object in it is sent as a whole, because no API description says whether
 * NinjaOne keeps the members of an inner object that it does not get. Undefined if nothing differs.
 */
export function patchBody(
  body: string,
  { loaded, operation, schemas }: { readonly loaded: string; readonly operation: Operation; readonly schemas: Schemas },
): string | undefined {
  const changed = new Set(sentChanges('PATCH', loaded, body).map(({ name }) => name));
  const { required } = membersOfSchema(operation.body?.schema, schemas);
  const sent = [...membersOf(body)].filter(([name]) => changed.has(name) || required.has(name));
  return changed.size === 0 ? undefined : `{${sent.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
}

/** What a write changes. A PATCH leaves a member that it does not have as it is. */
export function sentChanges(method: Operation['method'], before: string, after: string): readonly ChangedMember[] {
  return changedMembers(before, after).filter((each) => method !== 'PATCH' || each.after !== undefined);
}

function membersOf(json: string): ReadonlyMap<string, string> {
  return new Map(json.startsWith('{') ? childTexts(json).map(({ name = '', text }) => [name, text] as const) : []);
}

interface Frame {
  readonly isList: boolean;
  readonly parts: string[];
  /** Of the member whose value follows. */
  name: string;
}

/** Equal for equal values. A text that nests too deeply is compared as it stands. */
function comparable(json: string): string {
  const reader = new JsonReader(json);
  const around: Frame[] = [];
  let frame: Frame = { isList: true, parts: [], name: '' };
  const add = (text: string): void => {
    frame.parts.push(frame.isList ? text : `${JSON.stringify(frame.name)}:${text}`);
  };
  while (reader.next()) {
    const { role, token, depth } = reader;
    if (depth > MAX_DEPTH) {
      return json;
    }
    if (role === 'open') {
      around.push(frame);
      frame = { isList: token === '[', parts: [], name: '' };
    } else if (role === 'name') {
      frame.name = stringValue(token);
    } else if (role === 'value') {
      add(token.startsWith('"') ? JSON.stringify(stringValue(token)) : token);
    } else if (role === 'close') {
      const { isList, parts } = frame;
      frame = around.pop() ?? frame;
      add(isList ? `[${parts.join()}]` : `{${parts.sort().join()}}`);
    }
  }
  return frame.parts.join();
}

const MAX_DEPTH = 200;
