import { URI, Utils } from 'vscode-uri';
import type * as vscode from 'vscode';

/** The editor's own implementation. */
export const Uri = Object.assign(URI, { joinPath: Utils.joinPath }) as unknown as typeof vscode.Uri;

export class Position {
  readonly line: number;
  readonly character: number;

  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }

  compareTo(other: vscode.Position): number {
    return this.line - other.line || this.character - other.character;
  }

  isEqual(other: vscode.Position): boolean {
    return this.compareTo(other) === 0;
  }

  isBefore(other: vscode.Position): boolean {
    return this.compareTo(other) < 0;
  }

  isBeforeOrEqual(other: vscode.Position): boolean {
    return this.compareTo(other) <= 0;
  }

  isAfter(other: vscode.Position): boolean {
    return this.compareTo(other) > 0;
  }

  isAfterOrEqual(other: vscode.Position): boolean {
    return this.compareTo(other) >= 0;
  }

  translate(change: number | { lineDelta?: number; characterDelta?: number } = 0, characterDelta = 0): Position {
    const delta = typeof change === 'number' ? { lineDelta: change, characterDelta } : change;
    return new Position(this.line + (delta.lineDelta ?? 0), this.character + (delta.characterDelta ?? 0));
  }

  with(change: number | { line?: number; character?: number } = this.line, character = this.character): Position {
    const place = typeof change === 'number' ? { line: change, character } : change;
    return new Position(place.line ?? this.line, place.character ?? this.character);
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;

  constructor(start: vscode.Position, end: vscode.Position);
  constructor(startLine: number, startCharacter: number, endLine: number, endCharacter: number);
  constructor(
    start: vscode.Position | number,
    end: vscode.Position | number,
    endLine: number = 0,
    endCharacter: number = 0,
  ) {
    const [from, to] =
      typeof start === 'number' || typeof end === 'number'
        ? [new Position(Number(start), Number(end)), new Position(endLine, endCharacter)]
        : [new Position(start.line, start.character), new Position(end.line, end.character)];
    [this.start, this.end] = from.isAfter(to) ? [to, from] : [from, to];
  }

  get isEmpty(): boolean {
    return this.start.isEqual(this.end);
  }

  get isSingleLine(): boolean {
    return this.start.line === this.end.line;
  }

  contains(other: vscode.Position | vscode.Range): boolean {
    const { start, end } = 'start' in other ? other : { start: other, end: other };
    return this.start.isBeforeOrEqual(start) && this.end.isAfterOrEqual(end);
  }

  isEqual(other: vscode.Range): boolean {
    return this.start.isEqual(other.start) && this.end.isEqual(other.end);
  }

  intersection(other: vscode.Range): Range | undefined {
    const start = this.start.isAfter(other.start) ? this.start : other.start;
    const end = this.end.isBefore(other.end) ? this.end : other.end;
    return start.isAfter(end) ? undefined : new Range(start, end);
  }

  union(other: vscode.Range): Range {
    return new Range(
      this.start.isBefore(other.start) ? this.start : other.start,
      this.end.isAfter(other.end) ? this.end : other.end,
    );
  }

  with(
    change: vscode.Position | { start?: vscode.Position; end?: vscode.Position } = {},
    end?: vscode.Position,
  ): Range {
    const places = 'line' in change ? { start: change, ...(end && { end }) } : { ...change, ...(end && { end }) };
    return new Range(places.start ?? this.start, places.end ?? this.end);
  }
}

export class ThemeColor {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export class ThemeIcon {
  static readonly File = new ThemeIcon('file');
  static readonly Folder = new ThemeIcon('folder');
  readonly id: string;
  readonly color?: vscode.ThemeColor;

  constructor(id: string, color?: vscode.ThemeColor) {
    this.id = id;
    if (color) {
      this.color = color;
    }
  }
}

export class TreeItem {
  label?: string | vscode.TreeItemLabel;
  id?: string;
  iconPath?: string | vscode.IconPath;
  description?: string | boolean;
  resourceUri?: vscode.Uri;
  tooltip?: string | vscode.MarkdownString | undefined;
  command?: vscode.Command;
  collapsibleState: vscode.TreeItemCollapsibleState;
  contextValue?: string;
  accessibilityInformation?: vscode.AccessibilityInformation;

  constructor(
    label: string | vscode.TreeItemLabel | vscode.Uri,
    collapsibleState: vscode.TreeItemCollapsibleState = TreeItemCollapsibleState.None,
  ) {
    if (label instanceof Uri) {
      this.resourceUri = label;
    } else {
      this.label = label;
    }
    this.collapsibleState = collapsibleState;
  }
}

export class MarkdownString {
  value: string;
  isTrusted?: boolean | { readonly enabledCommands: readonly string[] };
  supportThemeIcons?: boolean;
  supportHtml?: boolean;
  baseUri?: vscode.Uri;

  constructor(value = '', supportThemeIcons = false) {
    this.value = value;
    this.supportThemeIcons = supportThemeIcons;
  }

  appendText(value: string): this {
    this.value += value.replace(/[\\`*_{}[\]()#+\-!~]/g, '\\$&').replaceAll('\n', '\n\n');
    return this;
  }

  appendMarkdown(value: string): this {
    this.value += value;
    return this;
  }

  appendCodeblock(value: string, language = ''): this {
    this.value += `\n\`\`\`${language}\n${value}\n\`\`\`\n`;
    return this;
  }
}

export class CodeLens {
  range: vscode.Range;
  command?: vscode.Command;

  constructor(range: vscode.Range, command?: vscode.Command) {
    this.range = range;
    if (command) {
      this.command = command;
    }
  }

  get isResolved(): boolean {
    return this.command !== undefined;
  }
}

type HoverContent = vscode.Hover['contents'][number];

export class Hover {
  contents: HoverContent[];
  range?: vscode.Range;

  constructor(contents: HoverContent | HoverContent[], range?: vscode.Range) {
    this.contents = Array.isArray(contents) ? contents : [contents];
    if (range) {
      this.range = range;
    }
  }
}

export class Diagnostic {
  range: vscode.Range;
  message: string;
  severity: vscode.DiagnosticSeverity;
  source?: string;

  constructor(range: vscode.Range, message: string, severity: vscode.DiagnosticSeverity = DiagnosticSeverity.Error) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

export class CodeActionKind {
  static readonly Empty = new CodeActionKind('');
  static readonly QuickFix = new CodeActionKind('quickfix');
  static readonly Refactor = new CodeActionKind('refactor');
  static readonly RefactorExtract = new CodeActionKind('refactor.extract');
  static readonly RefactorInline = new CodeActionKind('refactor.inline');
  static readonly RefactorMove = new CodeActionKind('refactor.move');
  static readonly RefactorRewrite = new CodeActionKind('refactor.rewrite');
  static readonly Source = new CodeActionKind('source');
  static readonly SourceOrganizeImports = new CodeActionKind('source.organizeImports');
  static readonly SourceFixAll = new CodeActionKind('source.fixAll');
  static readonly Notebook = new CodeActionKind('notebook');
  readonly value: string;

  private constructor(value: string) {
    this.value = value;
  }

  append(parts: string): CodeActionKind {
    return new CodeActionKind(this.value === '' ? parts : `${this.value}.${parts}`);
  }

  contains({ value }: CodeActionKind): boolean {
    return this.value === '' || value === this.value || value.startsWith(`${this.value}.`);
  }

  intersects(other: CodeActionKind): boolean {
    return this.contains(other) || other.contains(this);
  }
}

export class CodeAction {
  title: string;
  kind?: vscode.CodeActionKind;
  edit?: vscode.WorkspaceEdit;
  diagnostics?: vscode.Diagnostic[];
  isPreferred?: boolean;

  constructor(title: string, kind?: vscode.CodeActionKind) {
    this.title = title;
    if (kind) {
      this.kind = kind;
    }
  }
}

/** Of texts only. */
export class WorkspaceEdit {
  readonly replacements: { readonly uri: vscode.Uri; readonly range: vscode.Range; readonly text: string }[] = [];

  get size(): number {
    return new Set(this.replacements.map(({ uri }) => uri.toString())).size;
  }

  replace(uri: vscode.Uri, range: vscode.Range, text: string): void {
    this.replacements.push({ uri, range, text });
  }

  insert(uri: vscode.Uri, position: vscode.Position, text: string): void {
    this.replace(uri, new Range(position, position), text);
  }

  delete(uri: vscode.Uri, range: vscode.Range): void {
    this.replace(uri, range, '');
  }

  has(uri: vscode.Uri): boolean {
    return this.replacements.some((each) => each.uri.toString() === uri.toString());
  }

  get(): never {
    throw new Error('The fake of vscode knows only edits that replace text. They are in `replacements`.');
  }

  set(): never {
    return this.get();
  }

  entries(): never {
    return this.get();
  }

  createFile(): never {
    return this.get();
  }

  deleteFile(): never {
    return this.get();
  }

  renameFile(): never {
    return this.get();
  }
}

export class TabInputText {
  readonly uri: vscode.Uri;

  constructor(uri: vscode.Uri) {
    this.uri = uri;
  }
}

export class TabInputTextDiff {
  readonly original: vscode.Uri;
  readonly modified: vscode.Uri;

  constructor(original: vscode.Uri, modified: vscode.Uri) {
    this.original = original;
    this.modified = modified;
  }
}

export class FileSystemError extends Error {
  readonly code: string;

  static FileNotFound(of?: string | vscode.Uri): FileSystemError {
    return new FileSystemError(of, 'FileNotFound');
  }

  static FileExists(of?: string | vscode.Uri): FileSystemError {
    return new FileSystemError(of, 'FileExists');
  }

  static FileNotADirectory(of?: string | vscode.Uri): FileSystemError {
    return new FileSystemError(of, 'FileNotADirectory');
  }

  static FileIsADirectory(of?: string | vscode.Uri): FileSystemError {
    return new FileSystemError(of, 'FileIsADirectory');
  }

  static NoPermissions(of?: string | vscode.Uri): FileSystemError {
    return new FileSystemError(of, 'NoPermissions');
  }

  static Unavailable(of?: string | vscode.Uri): FileSystemError {
    return new FileSystemError(of, 'Unavailable');
  }

  constructor(of: string | vscode.Uri = '', code = 'Unknown') {
    super(of.toString());
    this.name = `${code} (FileSystemError)`;
    this.code = code;
  }
}

export class QuickInputButtons {
  static readonly Back: vscode.QuickInputButton = { iconPath: new ThemeIcon('arrow-left'), tooltip: 'Back' };
}

export const StatusBarAlignment = { Left: 1, Right: 2 } as const;
export const ViewColumn = {
  Active: -1,
  Beside: -2,
  One: 1,
  Two: 2,
  Three: 3,
  Four: 4,
  Five: 5,
  Six: 6,
  Seven: 7,
  Eight: 8,
  Nine: 9,
} as const;
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 } as const;
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 } as const;
export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 } as const;
export const InputBoxValidationSeverity = { Info: 1, Warning: 2, Error: 3 } as const;
export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 } as const;
export const ExtensionKind = { UI: 1, Workspace: 2 } as const;
export const UIKind = { Desktop: 1, Web: 2 } as const;
export const FileType = { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 } as const;
export const FileChangeType = { Changed: 1, Created: 2, Deleted: 3 } as const;
export const EndOfLine = { LF: 1, CRLF: 2 } as const;
export const CompletionItemKind = {
  Text: 0,
  Method: 1,
  Function: 2,
  Constructor: 3,
  Field: 4,
  Variable: 5,
  Class: 6,
  Interface: 7,
  Module: 8,
  Property: 9,
  Unit: 10,
  Value: 11,
  Enum: 12,
  Keyword: 13,
  Snippet: 14,
  Color: 15,
  File: 16,
  Reference: 17,
  Folder: 18,
  EnumMember: 19,
  Constant: 20,
  Struct: 21,
  Event: 22,
  Operator: 23,
  TypeParameter: 24,
  User: 25,
  Issue: 26,
} as const;

export class CompletionList<T extends vscode.CompletionItem = vscode.CompletionItem> {
  isIncomplete: boolean;
  items: T[];

  constructor(items: T[] = [], isIncomplete = false) {
    this.items = items;
    this.isIncomplete = isIncomplete;
  }
}

export class SnippetString {
  value: string;

  constructor(value = '') {
    this.value = value;
  }

  appendText(): never {
    throw new Error('The fake of vscode knows only snippets that are written as a whole.');
  }

  appendTabstop(): never {
    return this.appendText();
  }

  appendPlaceholder(): never {
    return this.appendText();
  }

  appendChoice(): never {
    return this.appendText();
  }

  appendVariable(): never {
    return this.appendText();
  }
}

export class CompletionItem {
  label: string | vscode.CompletionItemLabel;
  kind?: vscode.CompletionItemKind;
  sortText?: string;
  filterText?: string;
  insertText?: string | SnippetString;
  documentation?: string;
  detail?: string;
  range?: vscode.Range;
  command?: vscode.Command;

  constructor(label: string | vscode.CompletionItemLabel, kind?: vscode.CompletionItemKind) {
    this.label = label;
    if (kind !== undefined) {
      this.kind = kind;
    }
  }
}

export class LanguageModelTextPart {
  value: string;

  constructor(value: string) {
    this.value = value;
  }
}

export class LanguageModelToolResult {
  content: unknown[];

  constructor(content: (vscode.LanguageModelTextPart | vscode.LanguageModelPromptTsxPart)[]) {
    this.content = content;
  }
}
