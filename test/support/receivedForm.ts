import { formParts } from '../../sandbox/formParts.ts';
import type { ReceivedRequest } from './recordingServer.ts';

export interface ReceivedPart {
  readonly name: string;
  /** Undefined for a part that is no file. */
  readonly file: string | undefined;
  readonly type: string;
  /** Of a file in base64. */
  readonly content: string;
}

/** The parts of a form that a server has received. */
export async function receivedForm({ rawHeaders, content }: ReceivedRequest): Promise<readonly ReceivedPart[]> {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  const parts = await formParts(rawHeaders[at + 1] ?? '', content);
  return parts.map((part) => ({
    ...part,
    content: part.content.toString(part.file === undefined ? 'utf8' : 'base64'),
  }));
}
