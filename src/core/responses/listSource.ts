import { open } from 'node:fs/promises';
import { decoderOf, isUtf8Name } from '../http/charset.ts';
import { readFileParts } from '../files/fileParts.ts';
import type { TempFiles } from '../files/tempFiles.ts';
import type { DisplayedResponse } from './displayedResponse.ts';

/** The bytes of a response in UTF-8, of which any part can be read again. */
export interface ListSource {
  /** Each part has to be used before the next is read. */
  parts(): AsyncIterable<Uint8Array>;
  /** The bytes between two offsets. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Nothing is read afterwards. Never rejects. */
  close(): Promise<void>;
}

export type ListResponse = Pick<DisplayedResponse, 'view' | 'whole' | 'file' | 'charset'>;

/**
 * The complete response, which may be longer than its document. Values that the document masks are read from its text, so
 * they stay masked (E4). A file stays readable until `close`, even if it is deleted. Rejects with an error of the disk.
 */
export async function openListSource(
  { view, whole, file, charset }: ListResponse,
  tempFiles: TempFiles,
): Promise<ListSource> {
  if (!whole) {
    return memorySource(Buffer.from(view.text));
  }
  if (!isUtf8Name(charset)) {
    return recoded(whole(), charset, tempFiles);
  }
  if (file) {
    return fileSource(file.path, () => Promise.resolve());
  }
  const parts: Uint8Array[] = [];
  for await (const part of whole()) {
    parts.push(part);
  }
  return memorySource(Buffer.concat(parts));
}

export function memorySource(bytes: Uint8Array): ListSource {
  return {
    // eslint-disable-next-line @typescript-eslint/require-await
    parts: async function* () {
      for (let at = 0; at < bytes.byteLength; at += PART) {
        yield bytes.subarray(at, at + PART);
      }
    },
    read: (start, end) => Promise.resolve(bytes.subarray(start, end)),
    close: () => Promise.resolve(),
  };
}

async function fileSource(path: string, discard: () => Promise<void>): Promise<ListSource> {
  const file = await open(path, 'r');
  return {
    parts: () => readFileParts(path),
    read: async (start, end) => {
      const bytes = new Uint8Array(end - start);
      let length = 0;
      while (length < bytes.byteLength) {
        const { bytesRead } = await file.read(bytes, length, bytes.byteLength - length, start + length);
        if (bytesRead === 0) {
          break;
        }
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    },
    close: async () => {
      await file.close().catch(() => {});
      await discard();
    },
  };
}

/** A copy in UTF-8, because a quote or a comma is one byte there, wherever it stands. */
async function recoded(parts: AsyncIterable<Uint8Array>, charset: string, tempFiles: TempFiles): Promise<ListSource> {
  const copy = tempFiles.file();
  try {
    const decoder = decoderOf(charset, false);
    await copy.start();
    for await (const part of parts) {
      await copy.write(Buffer.from(decoder.decode(part, { stream: true })));
    }
    await copy.write(Buffer.from(decoder.decode()));
    await copy.close();
    return await fileSource(copy.path, () => copy.discard());
  } catch (error) {
    await copy.discard();
    throw error;
  }
}

/** Bytes. */
const PART = 1 << 18;
