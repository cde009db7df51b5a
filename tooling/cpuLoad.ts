import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface CpuLoad {
  readonly pids: readonly number[];
  stop(): void;
}

const program = fileURLToPath(new URL('burnCpu.cjs', import.meta.url));

/** Keeps `cores` cores busy with processes that end with this one, also when it is killed. */
export function startCpuLoad(cores: number): CpuLoad {
  const args = [program, String(process.pid)];
  const children = Array.from({ length: cores }, () => spawn(process.execPath, args, { stdio: 'ignore' }));
  return {
    pids: children.flatMap(({ pid }) => pid ?? []),
    stop: () => {
      for (const child of children) {
        child.kill('SIGKILL');
      }
    },
  };
}
