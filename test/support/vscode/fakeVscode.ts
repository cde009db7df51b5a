import { FakeAuthentication } from './authentication.ts';
import { FakeCommands } from './commands.ts';
import { FakeConfiguration } from './configuration.ts';
import { FakeEnvironment } from './environment.ts';
import { FakeLanguageModels } from './languageModels.ts';
import { FakeLanguages } from './languages.ts';
import { User } from './user.ts';
import { FakeWindow } from './window.ts';
import { FakeWorkspace } from './workspace.ts';

/** The editor of one test: what it shows and records, and the person in front of it. */
export class FakeVscode {
  readonly user = new User();
  readonly workspace = new FakeWorkspace();
  readonly window = new FakeWindow(this.user, this.workspace);
  readonly commands = new FakeCommands();
  readonly configuration = new FakeConfiguration();
  readonly env = new FakeEnvironment();
  readonly languages = new FakeLanguages();
  readonly languageModels = new FakeLanguageModels();
  readonly authentication = new FakeAuthentication();
}

let editor: FakeVscode | undefined;

/** What the `vscode` module of the running test is about. */
export function current(): FakeVscode {
  if (!editor) {
    throw new Error('There is an editor only while a test of a suite with useVscode() runs.');
  }
  return editor;
}

/** A new editor, for a process without a test runner. */
export function openVscode(): FakeVscode {
  editor = new FakeVscode();
  return editor;
}

/**
 * Gives each test of the suite an editor of its own. After the test every question must have been answered as the test
 * said, and nothing that it said may be left over.
 */
export function useVscode(): FakeVscode {
  beforeEach(() => {
    openVscode();
  });
  // The editor stays until the next test, so that what ends late reaches its own editor.
  afterEach(() => {
    current().user.verify();
  });
  return new Proxy({} as FakeVscode, {
    get: (_, member) => Reflect.get(current(), member) as unknown,
    set: () => false,
  });
}
