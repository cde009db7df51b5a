import { spawnSync } from 'node:child_process';

/** Whether the system has Python with the library that copied requests use. Says so if what needs it is not run. */
export function hasPython(purpose: string): boolean {
  const isThere = spawnSync('python3', ['-c', 'import requests']).status === 0;
  if (!isThere) {
    console.log(`      python3 is not installed or lacks a library: ${purpose} is NOT run here`);
  }
  return isThere;
}
