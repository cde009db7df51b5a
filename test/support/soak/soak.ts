import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { ACME } from '../hostFixture.ts';
import { openExplorer, type ExplorerFixture } from '../explorerFixture.ts';
import { offline } from '../fakeTokenServer.ts';
import { HOUR, MINUTE } from '../sessionFixture.ts';
import type { FakeVscode } from '../vscode/fakeVscode.ts';

export interface SoakLoad {
  readonly signOuts: number;
  readonly renewals: number;
  readonly settingsChanges: number;
  readonly requests: number;
  /** Minutes with an outage of ten seconds after each ten seconds. */
  readonly minutesOfOutages: number;
}

/** What weeks of use do to a window, without waiting: the whole host over the fake editor, clock, server and disk. */
export class Soak {
  readonly explorer: ExplorerFixture;
  readonly #editor: FakeVscode;

  private constructor(editor: FakeVscode, explorer: ExplorerFixture) {
    this.#editor = editor;
    this.explorer = explorer;
  }

  static async open(editor: FakeVscode): Promise<Soak> {
    const explorer = await openExplorer(editor);
    // Views are drawn as if somebody looked at them.
    for (const view of editor.window.treeViews.values()) {
      view.setVisible(true);
    }
    return new Soak(editor, explorer);
  }

  /** Does everything of the load in turns. Rejects if a session is lost. */
  async run({ signOuts, renewals, settingsChanges, requests, minutesOfOutages }: SoakLoad): Promise<void> {
    const most = Math.max(signOuts, renewals, settingsChanges, requests);
    for (let turn = 0; turn < most; turn++) {
      const isDue = (times: number): boolean =>
        Math.floor((turn * times) / most) < Math.floor(((turn + 1) * times) / most);
      if (isDue(signOuts)) {
        await this.#signOutAndIn();
      }
      if (isDue(renewals)) {
        await this.#renew(turn % 2 === 0 ? 'expired' : 'forced');
      }
      if (isDue(settingsChanges)) {
        await this.#changeSettings(turn);
      }
      if (isDue(requests)) {
        await this.#request(turn);
      }
      await this.#draw();
      this.#forgetRecords();
    }
    await this.#outages(minutesOfOutages);
  }

  /** Files with what the windows know about sessions. */
  async stateFiles(): Promise<string[]> {
    return (await readdir(this.explorer.host.sessions.directory)).filter((name) => /\.jsonl?$/.test(name)).sort();
  }

  /** Requests of any kind since the records were forgotten last. */
  get sent(): number {
    return this.explorer.sent.length + this.explorer.host.sessions.server.calls.length;
  }

  get #id(): string {
    const [usable, ...others] = this.explorer.host.window.tokens.usable();
    assert.ok(usable && others.length === 0, 'a session was lost');
    return usable.session.id;
  }

  async #signOutAndIn(): Promise<void> {
    const { window, sessions } = this.explorer.host;
    const ended = await window.tokens.signOut(this.#id);
    await ended?.revoked;
    await window.signIn(sessions, ['monitoring', 'management']);
  }

  async #renew(how: 'expired' | 'forced'): Promise<void> {
    const { window, sessions } = this.explorer.host;
    const { server, clock } = sessions;
    const before = server.tokenCalls;
    const id = this.#id;
    if (how === 'forced') {
      clock.now += 2 * MINUTE;
      await this.explorer.run('ninjaone.refreshToken', id);
    } else {
      clock.now += HOUR;
      await window.tokens.sessionsFor(['monitoring'], undefined);
    }
    assert.equal(server.tokenCalls, before + 1);
    assert.equal(this.#id, id);
  }

  async #changeSettings(turn: number): Promise<void> {
    const names = ['Acme', 'Beta'];
    this.#editor.configuration.set('ninjaone.connections', [
      { ...ACME, name: names[turn % 2] },
      ...(turn % 3 === 0 ? [{ ...ACME, name: 'Other', clientId: `client-${turn}` }] : []),
    ]);
    await turnOfEventLoop();
  }

  async #request(turn: number): Promise<void> {
    const operation = ['GET /v2/organizations', 'GET /v2/devices'][turn % 2];
    await this.explorer.run('ninjaone.explorer.run', operation);
    const { workspace } = this.#editor;
    for (const document of [...workspace.documents]) {
      workspace.closeTab(document.uri);
      workspace.close(document);
    }
  }

  async #draw(): Promise<void> {
    for (const view of this.#editor.window.treeViews.values()) {
      const rows = (await view.provider.getChildren()) ?? [];
      for (const row of rows.slice(0, 3)) {
        await view.items(row);
      }
    }
  }

  async #outages(minutes: number): Promise<void> {
    const { window, sessions } = this.explorer.host;
    const id = this.#id;
    // The token has run out, so that every request of another extension wants a new one.
    sessions.clock.now += HOUR;
    for (let second = 0; second < 60 * minutes; second++) {
      sessions.server.always = second % 20 < 10 ? offline() : undefined;
      sessions.clock.now += 1000;
      const [usable] = await window.tokens.sessionsFor(['monitoring'], undefined);
      assert.equal(usable?.session.id, id, `second ${second}`);
      if (second % 60 === 59) {
        sessions.clock.now += HOUR;
      }
    }
    sessions.server.always = undefined;
    sessions.clock.now += HOUR;
    await window.tokens.getValidToken(id);
    this.#forgetRecords();
  }

  /** What the fakes have noted is not of interest, and must not count as memory of the extension. */
  #forgetRecords(): void {
    const { explorer } = this;
    const { window, sessions } = explorer.host;
    const { user, commands, window: shown, configuration, env } = this.#editor;
    sessions.server.forgetPast();
    const records: unknown[][] = [
      explorer.sent,
      window.changes,
      window.storeChanges,
      window.renewalFailures,
      ...Object.values(window.secrets.calls),
      user.asked,
      commands.executed,
      configuration.reads,
      env.opened,
      shown.statusBarMessages,
      shown.progress,
      ...shown.channels.map(({ lines }) => lines),
      ...[...shown.treeViews.values()].map(({ redrawn }) => redrawn),
    ];
    for (const each of records) {
      each.length = 0;
    }
    // The fixture counts the few errors that outages cause.
    shown.messages.splice(0, Infinity, ...shown.messages.filter(({ kind }) => kind === 'error'));
  }
}

function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
