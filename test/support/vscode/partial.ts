/**
 * An object of which only these members are faked. Any other says so when it is used, instead of being `undefined` where
 * the real one never is.
 */
export function partial<T extends object>(name: string, members: Partial<T>): T {
  return new Proxy(members, {
    get: (target, member) => {
      // A promise that is resolved with the object asks for `then`.
      if (typeof member === 'symbol' || member in target || member === 'then' || member === 'toJSON') {
        return Reflect.get(target, member, target) as unknown;
      }
      throw new Error(`The fake of vscode has no ${name}.${member}.`);
    },
  }) as T;
}
