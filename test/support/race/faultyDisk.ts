import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** `full`: nothing can be created or extended. `readOnly`: nothing can be deleted or touched either. */
export type DiskFault = 'full' | 'readOnly';

export interface FaultyDisk {
  /** Folder whose files fail. */
  directory: string;
  fault: DiskFault | undefined;
  /** Called when a folder cannot be made because it exists. */
  onExists: (path: string) => void;
}

/**
 * Makes the disk of this process fail as the operating system would. Not by permissions or a small volume, because tests
 * may run as an administrator, who is refused nothing, and cannot mount anything.
 */
export function installFaultyDisk(): FaultyDisk {
  const disk: FaultyDisk = { directory: '', fault: undefined, onExists: () => {} };
  const { mkdir, stat } = fs;
  const isConcerned = (path: unknown): boolean => String(path).startsWith(disk.directory);
  const refuse = (): never => {
    const code = disk.fault === 'full' ? 'ENOSPC' : 'EROFS';
    throw Object.assign(new Error(`${code}: a fault of the test`), { code });
  };
  const failing = (names: readonly (keyof typeof fs)[], when: () => boolean): void => {
    for (const name of names) {
      const original = fs[name] as (...args: unknown[]) => Promise<unknown>;
      Object.assign(fs, {
        [name]: async (...args: unknown[]) => (when() && isConcerned(args[0]) ? refuse() : original(...args)),
      });
    }
  };
  failing(['writeFile', 'appendFile'], () => disk.fault !== undefined);
  failing(['rename', 'unlink', 'rmdir', 'rm', 'utimes'], () => disk.fault === 'readOnly');
  const makeDirectory = async (...args: Parameters<typeof mkdir>): Promise<unknown> => {
    const exists = isConcerned(args[0]) && (await stat(args[0]).catch(() => undefined)) !== undefined;
    if (exists) {
      disk.onExists(String(args[0]));
    } else if (disk.fault && isConcerned(args[0])) {
      refuse();
    }
    return mkdir(...args);
  };
  Object.assign(fs, { mkdir: makeDirectory });
  syncBuiltinESMExports();
  return disk;
}
