import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { signalIfAlive } from '../../tooling/childGroup.ts';
import { startCpuLoad } from '../../tooling/cpuLoad.ts';

async function poll(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await isTrue())) {
    assert.ok(Date.now() < end, 'it is as it was after 20 s');
    await pause(50);
  }
}

/** In hundredths of a second. */
async function processorTime(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ');
  return Number(fields[13]);
}

describe('the load for tests on a busy machine', () => {
  it('is real work, and ends when it is stopped', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    const load = startCpuLoad(2);
    assert.equal(load.pids.length, 2);
    try {
      for (const pid of load.pids) {
        await poll(async () => (await processorTime(pid)) > 20);
      }
    } finally {
      load.stop();
    }
    await poll(() => load.pids.every((pid) => !signalIfAlive(pid, 0)));
  });

  it('ends when the process that started it is killed', async () => {
    const module = fileURLToPath(new URL('../../tooling/cpuLoad.ts', import.meta.url));
    const source = `
      const { startCpuLoad } = await import(${JSON.stringify(module)});
      console.log(startCpuLoad(1).pids[0]);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    assert.ok(pid > 0 && signalIfAlive(pid, 0));
    parent.kill('SIGKILL');
    await poll(() => !signalIfAlive(pid, 0));
  });
});
