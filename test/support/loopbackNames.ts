import type { ExtensionHost } from '../../tooling/hostAgent.ts';

/**
 * Lets the extension host resolve loopback names only, so that no DNS query leaves this machine, and records all
 * queries.
 */
export async function keepNamesInside(host: ExtensionHost): Promise<void> {
  await host.run((_vscode, _, require) => {
    const dns = require('node:dns') as { lookup: (...args: unknown[]) => unknown };
    const lookup = dns.lookup;
    const asked: unknown[] = [];
    Object.assign(globalThis, { askedNames: asked });
    dns.lookup = (...args: unknown[]) => {
      const [name] = args;
      if (name === '127.0.0.1' || name === 'localhost') {
        return lookup(...args);
      }
      asked.push(name);
      const unknown = Object.assign(new Error(`getaddrinfo ENOTFOUND ${String(name)}`), {
        code: 'ENOTFOUND',
        syscall: 'getaddrinfo',
        hostname: name,
      });
      setImmediate(args.at(-1) as (error: Error) => void, unknown);
      return {};
    };
  }, null);
}

/** The names that were looked up since the last call. */
export function lookups(host: ExtensionHost): Promise<string[]> {
  return host.run(() => (globalThis as unknown as { askedNames: string[] }).askedNames.splice(0));
}
