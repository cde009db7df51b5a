export interface OutputFile {
  /** Absolute. */
  readonly path: string;
  readonly contents: Uint8Array;
}

export function writeOutputs(outputFiles: readonly OutputFile[], temporaryParent: string): Promise<number>;
export function removeStale(folder: string, outputFiles: readonly OutputFile[]): Promise<void>;
