type Value = string | number | boolean;
type Values = readonly Value[] | Readonly<Record<string, unknown>>;

interface Localizable {
  readonly message: string;
  readonly args?: Values;
  readonly comment: string | readonly string[];
}

/** Fills the places of an English text: `{0}` and `{name}` alike. The fake has no other language. */
export function t(message: string, ...args: Value[]): string;
export function t(message: string, args: Readonly<Record<string, unknown>>): string;
export function t(options: Localizable): string;
export function t(text: string | Localizable, ...args: (Value | Readonly<Record<string, unknown>>)[]): string {
  if (typeof text !== 'string') {
    return fill(text.message, text.args ?? []);
  }
  const [first] = args;
  return fill(text, typeof first === 'object' ? first : (args as Value[]));
}

function fill(message: string, values: Values): string {
  const named = values as Readonly<Record<string, unknown>>;
  return message.replace(/\{([^}]+)\}/g, (place, name: string) =>
    Object.hasOwn(named, name) ? String(named[name]) : place,
  );
}
