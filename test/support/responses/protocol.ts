import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ReadCommand {
  readonly reader: 'ours' | 'naive';
  readonly url: string;
  /** A response to warm up with. */
  readonly smallUrl: string;
  /** The folder for what does not fit into memory; it is deleted. */
  readonly directory: string;
  /** Milliseconds until the user cancels. */
  readonly cancelAfter?: number;
}

export interface ReadResult {
  /** What was shown, or the error. */
  readonly outcome: string;
  /** Bytes that the process held at most, over what it held before. */
  readonly memory: number;
  /** The longest time in milliseconds in which the event loop did nothing else. */
  readonly longestDelay: number;
}

export async function readInProcess(command: ReadCommand): Promise<ReadResult> {
  const child = fork(fileURLToPath(new URL('responseReader.ts', import.meta.url)), {
    execArgv: ['--expose-gc', '--import', 'tsx', '--disable-warning=ExperimentalWarning'],
  });
  await once(child, 'message');
  child.send(command);
  const [result] = (await once(child, 'message')) as [ReadResult];
  return result;
}
