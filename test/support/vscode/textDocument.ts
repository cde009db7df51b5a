import type * as vscode from 'vscode';
import { EndOfLine, Position, Range } from './values.ts';

/** A document whose text a test can change. */
export class FakeTextDocument implements vscode.TextDocument {
  readonly uri: vscode.Uri;
  readonly languageId: string;
  readonly eol: vscode.EndOfLine = EndOfLine.LF;
  readonly encoding = 'utf8';
  version = 1;
  isDirty = false;
  isClosed = false;
  text: string;
  readonly #save: (document: FakeTextDocument) => Promise<boolean>;

  constructor(
    { uri, text, languageId }: { readonly uri: vscode.Uri; readonly text: string; readonly languageId: string },
    save: (document: FakeTextDocument) => Promise<boolean>,
  ) {
    this.uri = uri;
    this.text = text;
    this.languageId = languageId;
    this.#save = save;
  }

  get fileName(): string {
    return this.uri.fsPath;
  }

  get isUntitled(): boolean {
    return this.uri.scheme === 'untitled';
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  save(): Promise<boolean> {
    return this.#save(this);
  }

  getText(range?: vscode.Range): string {
    return range ? this.text.slice(this.offsetAt(range.start), this.offsetAt(range.end)) : this.text;
  }

  lineAt(place: number | vscode.Position): vscode.TextLine {
    const lineNumber = typeof place === 'number' ? place : place.line;
    const text = this.#lines[lineNumber];
    if (text === undefined) {
      throw new Error('Illegal value for `line`');
    }
    const range = new Range(lineNumber, 0, lineNumber, text.length);
    return {
      lineNumber,
      text,
      range,
      rangeIncludingLineBreak: lineNumber + 1 < this.lineCount ? new Range(lineNumber, 0, lineNumber + 1, 0) : range,
      firstNonWhitespaceCharacterIndex: text.length - text.trimStart().length,
      isEmptyOrWhitespace: text.trim() === '',
    };
  }

  offsetAt(position: vscode.Position): number {
    const { line, character } = this.validatePosition(position);
    return this.#lines.slice(0, line).reduce((offset, { length }) => offset + length + 1, character);
  }

  positionAt(offset: number): vscode.Position {
    const before = this.text.slice(0, Math.max(0, offset)).split('\n');
    return new Position(before.length - 1, before.at(-1)?.length ?? 0);
  }

  validatePosition({ line, character }: vscode.Position): vscode.Position {
    const lines = this.#lines;
    if (line >= lines.length) {
      return new Position(lines.length - 1, lines.at(-1)?.length ?? 0);
    }
    return new Position(Math.max(0, line), Math.min(Math.max(0, character), lines[line]?.length ?? 0));
  }

  validateRange({ start, end }: vscode.Range): vscode.Range {
    return new Range(this.validatePosition(start), this.validatePosition(end));
  }

  getWordRangeAtPosition(): never {
    throw new Error('The fake of vscode knows no words.');
  }

  get #lines(): readonly string[] {
    return this.text.split('\n');
  }
}
