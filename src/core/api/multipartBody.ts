import { randomUUID } from 'node:crypto';
import type { BodyStream } from '../http/transport.ts';
import { isFilePart, partHead, type FormPart } from './formParts.ts';

/** A file that is open for reading. */
export interface OpenFile {
  /** Bytes. */
  readonly size: number;
  /** Exactly `size` bytes, in parts. Rejects if the file has become shorter or cannot be read. */
  chunks(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Opens the files of forms. It decides which files may be read (E15). */
export interface FormFiles {
  /** `path` is written as in the request document. Rejects with a NinjaOneError if the file may not or cannot be read. */
  open(path: string): Promise<OpenFile>;
}

export interface MultipartBody {
  readonly contentType: string;
  readonly stream: BodyStream;
  /** Closes the files. */
  close(): Promise<void>;
}

/** Opens all files of a form before any byte of it is sent. Rejects like `FormFiles.open`. */
export async function openMultipartBody(
  parts: readonly FormPart[],
  files: FormFiles = NO_FILES,
): Promise<MultipartBody> {
  const boundary = `----ninjaone-${randomUUID()}`;
  const opened: OpenFile[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((file) => file.close()));
  };
  const pieces: Piece[] = [];
  try {
    for (const part of parts) {
      pieces.push(bytesOf(`--${boundary}\r\n${partHead(part)}`));
      if (isFilePart(part)) {
        const file = await files.open(part.file);
        opened.push(file);
        pieces.push(file);
      } else {
        pieces.push(bytesOf(part.text));
      }
      pieces.push(bytesOf('\r\n'));
    }
  } catch (error) {
    await close();
    throw error;
  }
  pieces.push(bytesOf(`--${boundary}--\r\n`));
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    stream: { size: pieces.reduce((sum, { size }) => sum + size, 0), chunks: () => allOf(pieces) },
    close,
  };
}

/** For clients that read only. */
const NO_FILES: FormFiles = {
  open: () => Promise.reject(new Error('This client sends no files.')),
};

type Piece = Pick<OpenFile, 'size' | 'chunks'>;

function bytesOf(text: string): Piece {
  const bytes = Buffer.from(text);
  return {
    size: bytes.byteLength,
    async *chunks() {
      yield await Promise.resolve(bytes);
    },
  };
}

async function* allOf(pieces: readonly Piece[]): AsyncIterable<Uint8Array> {
  for (const piece of pieces) {
    yield* piece.chunks();
  }
}
