import type { Disposable } from './lifecycle.ts';

/** The subset of `vscode.LogOutputChannel` in use. Pass messages only; a third-party error object may hold a token. */
export interface Logger {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Knows the secrets that must not be in the log. */
export interface Redactor {
  /** Registers a secret until disposed. */
  add(secret: string): Disposable;
}
