import assert from 'node:assert/strict';
import { mock } from 'node:test';
import * as vscode from 'vscode';
import { canceled, NinjaOneError } from '../../../../src/core/base/errors.ts';
import { l10n } from '../../../../src/core/base/l10n.ts';
import type { Connection } from '../../../../src/core/connections/connection.ts';
import { addConnection, editConnection } from '../../../../src/host/connections/wizard/connectionWizard.ts';
import type { ConnectionWizardOptions } from '../../../../src/host/connections/wizard/wizardOptions.ts';
import { ACME, createHost, type HostFixture } from '../../../support/hostFixture.ts';
import { until } from '../../../support/sessionFixture.ts';
import { FakeInputBox, FakeQuickPick, type FakeQuickInput } from '../../../support/vscode/quickInput.ts';
import { useVscode } from '../../../support/vscode/fakeVscode.ts';

type Deed = (input: FakeQuickInput) => unknown;

const NATIVE = { name: 'Acme', instance: 'eu', platform: 'native', clientId: 'client-1' };
const SERVICE = { ...NATIVE, platform: 'api-services' };
const WEB = { ...NATIVE, platform: 'web', redirectUri: 'http://localhost:9090/' };

/** The shortest way to the last list, for tests of what comes there or afterwards. */
const TO_LAST: readonly Deed[] = [chooses(/^Europe/), chooses(/^Native/), enters('client-1')];

describe('connection wizard', () => {
  const editor = useVscode();
  let host: HostFixture;
  let options: ConnectionWizardOptions;
  let signedIn: Connection[];
  let shown: unknown[];
  let confirmed: string[];
  let probed: string[];
  /** Secrets that were sent to be checked. */
  let checked: string[];

  const open = async (connections: readonly unknown[] = []): Promise<void> => {
    host = await createHost(editor, connections);
    signedIn = [];
    shown = [];
    confirmed = [];
    probed = [];
    checked = [];
    options = {
      unfinished: {},
      settings: host.settings,
      clientSecrets: host.window.clientSecrets,
      confirmHost: ({ instance }) => {
        confirmed.push(instance.host);
        return Promise.resolve();
      },
      probe: ({ instance, clientId }) => {
        probed.push(`${instance.label} ${clientId}`);
        return Promise.resolve('known');
      },
      probeSecret: (_connection, secret) => {
        checked.push(secret);
        return Promise.resolve('accepted');
      },
      signInAndTest: (connection) => {
        signedIn.push(connection);
        return Promise.resolve();
      },
      showError: (error) => {
        shown.push(error);
      },
    };
  };
  afterEach(async () => {
    mock.timers.reset();
    await host.close();
  });

  it('asks for nothing when the setting is no list, and leaves it as it is (C1, C5)', async () => {
    await open();
    editor.configuration.set('ninjaone.connections', NATIVE);
    await assert.rejects(addConnection(options), { code: 'settings.notAList', action: 'openSettings' });
    assert.deepEqual(editor.user.asked, []);
    assert.deepEqual(editor.configuration.user('ninjaone.connections'), NATIVE);
  });

  /** What the user does in each step, in order. */
  const user = (...deeds: readonly Deed[]): void => {
    for (const deed of deeds) {
      editor.user.fillsIn(/NinjaOne/, deed);
    }
  };
  const entries = (): unknown => editor.configuration.user('ninjaone.connections');
  const secretOf = ({ id }: Connection): Promise<string | undefined> => host.window.clientSecrets.get(id);
  const first = (): Connection => host.settings.connections[0]!;

  describe('adds a connection', () => {
    it('of platform native: instance, platform, client ID and one last list, then a sign-in (C5)', async () => {
      await open();
      user(chooses(/^Europe/), chooses(/^Native/), enters(' client-1 '), (input) => {
        const [first, ...others] = listOf(input).labels;
        assert.equal(first, 'Add NinjaOne EU with monitoring');
        assert.deepEqual(others, ['Change Scopes…', 'Change Name…']);
        assert.match(listOf(input).item(first).detail ?? '', /whoever is signed in to NinjaOne there/);
        input.accept();
      });
      const added = await addConnection(options);
      assert.deepEqual(entries(), [{ ...NATIVE, name: 'NinjaOne EU' }]);
      assert.deepEqual(signedIn, [added]);
      assert.equal(editor.env.clipboardText, '');
      assert.deepEqual(shown, []);
    });

    it('with other scopes and another name, which the last list offers to change (C5)', async () => {
      await open();
      user(
        ...TO_LAST,
        chooses(/^Change Scopes/),
        ticks('monitoring', 'control'),
        chooses(/^Change Name/),
        enters('Acme'),
        (input) => {
          assert.equal(listOf(input).labels[0], 'Add Acme with monitoring and control');
          input.accept();
        },
      );
      await addConnection(options);
      assert.deepEqual(entries(), [{ ...NATIVE, scopes: ['monitoring', 'control'] }]);
    });

    it('of platform api-services, with the secret in the secret storage only (C3)', async () => {
      await open();
      user(
        chooses(/^Europe/),
        chooses(/^API/),
        enters('client-1'),
        (input) => {
          assert.equal(boxOf(input).password, true);
          boxOf(input).enter('secret-1');
        },
        ...addsAs('Acme'),
      );
      const added = await addConnection(options);
      assert.deepEqual(entries(), [SERVICE]);
      assert.equal(await secretOf(added!), 'secret-1');
      assert.deepEqual(checked, ['secret-1']);
    });

    it('of platform web: the redirect URI before the client ID, and no clipboard unless a button is pressed (C5)', async () => {
      await open();
      user(
        chooses(/^Europe/),
        chooses(/^Web/),
        (input) => {
          const uri = 'http://localhost:9090/';
          listOf(input).choose(uri);
        },
        (input) => {
          assert.match(boxOf(input).prompt ?? '', /exactly this redirect URI: http:\/\/localhost:9090\/$/);
          boxOf(input).enter('client-1');
        },
        (input) => {
          for (const wrong of ['http://localhost:9090/', 'client-1', 'https://eu.ninjarmm.com/']) {
            boxOf(input).enter(wrong);
            assert.match(boxOf(input).objection ?? '', /Paste the client secret/);
          }
          boxOf(input).enter('secret-1');
        },
        ...addsAs('Acme'),
      );
      await addConnection(options);
      assert.deepEqual(entries(), [WEB]);
      assert.deepEqual(checked, ['secret-1']);
      assert.equal(editor.env.clipboardText, '');
    });

    it('of platform spa, with a redirect URI of one’s own, which is checked (C5)', async () => {
      await open();
      user(
        chooses(/^Europe/),
        chooses(/^Single/),
        (input) => {
          assert.equal(listOf(input).item('Another Redirect URI…').alwaysShow, true, 'what is typed leaves a row');
          input.type('http://localhost:28125/callback');
          listOf(input).choose('Another Redirect URI…');
        },
        (input) => {
          assert.equal(boxOf(input).value, 'http://localhost:28125/callback', 'what was typed goes on');
          boxOf(input).enter('http://acme.example/');
          assert.match(boxOf(input).objection ?? '', /must start with https/);
          boxOf(input).type('http://localhost:80/');
          assert.match(boxOf(input).objection ?? '', /you paste the URL/);
          boxOf(input).type('http://localhost:9091/');
          assert.match(boxOf(input).objection ?? '', /VS Code listens/);
          boxOf(input).enter('https://acme.example/back');
        },
        enters('client-1'),
        ...addsAs('Acme'),
      );
      await addConnection(options);
      assert.deepEqual(entries(), [{ ...NATIVE, platform: 'spa', redirectUri: 'https://acme.example/back' }]);
    });

    for (const [pasted, label, instance] of [
      [' https://eu.ninjarmm.com/#/systemDashboard/overview\n', 'Europe', 'eu'],
      ['https://ca.ninjarmm.com/v2/devices?df=x', 'Canada', 'ca'],
      ['oc.ninjarmm.com', 'Oceania', 'oc'],
      ['https://ACME.rmmservice.com/#/dashboard', 'Use acme.rmmservice.com', 'https://acme.rmmservice.com'],
      ['acme.rmmservice.eu/#/dashboard', 'Use acme.rmmservice.eu', 'https://acme.rmmservice.eu'],
      ['http://127.0.0.1:8799/#/x', 'Use 127.0.0.1', 'http://127.0.0.1:8799'],
    ] as const) {
      it(`with ${JSON.stringify(pasted)} pasted into the first step (C5)`, async () => {
        await open();
        user(
          (input) => {
            input.type(pasted);
            assert.deepEqual(listOf(input).labels, [label]);
            assert.equal(listOf(input).item(label).alwaysShow, true);
            input.accept();
          },
          chooses(/^Native/),
          enters('client-1'),
          ...addsAs('Acme'),
        );
        await addConnection(options);
        assert.deepEqual(entries(), [{ ...NATIVE, instance }]);
        assert.deepEqual(confirmed, []);
      });
    }

    it('with an address that is no good, which is explained where it can be corrected (C5)', async () => {
      await open();
      user(
        (input) => {
          input.type('http://acme.rmmservice.com/#/x');
          assert.equal(listOf(input).item('Another Address…').alwaysShow, true);
          listOf(input).choose('Another Address…');
        },
        (input) => {
          assert.equal(boxOf(input).value, 'http://acme.rmmservice.com/#/x');
          assert.match(boxOf(input).objection ?? '', /start with https/);
          boxOf(input).enter('https://acme.rmmservice.com');
        },
        chooses(/^Native/),
        enters('client-1'),
        (input) => {
          assert.equal(listOf(input).labels[0], 'Add Acme with monitoring');
          input.accept();
        },
      );
      await addConnection(options);
      assert.deepEqual(entries(), [{ ...NATIVE, name: 'Acme', instance: 'https://acme.rmmservice.com' }]);
    });

    it('on a host that is not one of NinjaOne only after it was confirmed (C5)', async () => {
      await open();
      user(
        (input) => {
          input.type('https://ninja.acme.example/#/home');
          input.accept();
        },
        (input) => {
          assert.match(boxOf(input).objection ?? '', /does not belong to NinjaOne/);
          assert.deepEqual(confirmed, []);
          input.accept();
        },
        chooses(/^Native/),
        enters('client-1'),
        ...addsAs('Acme'),
      );
      await addConnection(options);
      assert.deepEqual(confirmed, ['ninja.acme.example']);
      assert.deepEqual(entries(), [{ ...NATIVE, instance: 'https://ninja.acme.example' }]);
    });

    it('stays at the address of a host that the user does not trust', async () => {
      await open();
      options = { ...options, confirmHost: () => Promise.reject(canceled()) };
      user(chooses(/^Another/), async (input) => {
        boxOf(input).enter('https://ninja.acme.example');
        await until(() => !boxOf(input).busy && /trust/.test(boxOf(input).objection ?? ''));
        input.escape();
      });
      assert.equal(await addConnection(options), undefined);
      assert.deepEqual(probed, []);
    });

    it('suggests a name after the instance, and takes none twice', async () => {
      await open([{ ...NATIVE, name: 'NinjaOne EU' }]);
      user(
        chooses(/^Europe/),
        chooses(/^Native/),
        enters('client-2'),
        chooses(/^Change Name/),
        (input) => {
          const box = boxOf(input);
          assert.notEqual(box.value, 'NinjaOne EU');
          assert.match(box.value, /EU/);
          box.enter('NinjaOne EU');
          assert.ok(box.objection);
          box.enter('Other');
        },
        accepts,
      );
      assert.equal((await addConnection(options))?.name, 'Other');
    });

    it('refuses the client app of another connection (C4)', async () => {
      await open([NATIVE]);
      user(chooses(/^Europe/), chooses(/^Native/), (input) => {
        boxOf(input).enter('client-1');
        assert.match(boxOf(input).objection ?? '', /Acme/);
        input.escape();
      });
      assert.equal(await addConnection(options), undefined);
    });

    it('asks for at least one scope', async () => {
      await open();
      user(...TO_LAST, chooses(/^Change Scopes/), (input) => {
        const usual = input.placeholder;
        listOf(input).tick();
        input.type('mon');
        input.accept();
        assert.notEqual(input.placeholder, usual);
        assert.equal(input.value, '', 'what is typed would hide the placeholder');
        listOf(input).tick('monitoring');
        assert.equal(input.placeholder, usual);
        input.escape();
      });
      await addConnection(options);
    });

    it('which stays when its sign-in fails, and shows why (C5)', async () => {
      await open();
      const failure = new NinjaOneError({ code: 'x', intent: 'transient', message: l10n.t('x') });
      options = { ...options, signInAndTest: () => Promise.reject(failure) };
      user(...TO_LAST, ...addsAs('Acme'));
      assert.equal((await addConnection(options))?.name, 'Acme');
      assert.deepEqual(shown, [failure]);
      assert.deepEqual(entries(), [NATIVE]);
    });

    it('unless the settings cannot be written, and keeps what was entered for another try', async () => {
      await open();
      editor.configuration.refuseWrites();
      user(...TO_LAST, ...addsAs('Acme'));
      await assert.rejects(addConnection(options), { code: 'settings.notWritten' });
      editor.configuration.allowWrites();
      user(accepts, accepts, accepts, accepts);
      await addConnection(options);
      assert.deepEqual(entries(), [NATIVE]);
    });
  });

  describe('when the user leaves', () => {
    it('writes nothing, and keeps what was entered but the secret (C3)', async () => {
      await open();
      user(
        chooses(/^Europe/),
        chooses(/^API/),
        enters('client-1'),
        enters('secret-1'),
        chooses(/^Change Name/),
        enters('Acme'),
        chooses(/^Change Scopes/),
        ticks('management'),
        (input) => {
          input.escape();
        },
      );
      assert.equal(await addConnection(options), undefined);
      assert.deepEqual(entries(), []);
      assert.deepEqual([...host.sessions.disk.values.keys()], []);
      assert.doesNotMatch(JSON.stringify(options.unfinished), /secret-1/);

      user(
        accepts,
        accepts,
        accepts,
        (input) => {
          assert.equal(boxOf(input).value, '');
          boxOf(input).enter('secret-2');
        },
        accepts,
      );
      const added = await addConnection(options);
      assert.deepEqual(entries(), [{ ...SERVICE, scopes: ['management'] }]);
      assert.equal(await secretOf(added!), 'secret-2');
    });

    it('begins anew after a connection was added', async () => {
      await open();
      user(...TO_LAST, ...addsAs('Acme'));
      await addConnection(options);
      assert.equal(options.unfinished?.draft, undefined);
    });
  });

  describe('on the way back', () => {
    it('loses nothing that was typed', async () => {
      await open();
      user(
        chooses(/^Europe/),
        chooses(/^Native/),
        (input) => {
          boxOf(input).type('client-1');
          input.press('Back');
        },
        (input) => {
          assert.deepEqual(
            listOf(input).activeItems.map(({ label }) => label),
            ['Native'],
          );
          input.press('Back');
        },
        (input) => {
          assert.deepEqual(input.buttons.map(({ tooltip }) => tooltip).includes('Back'), false);
          listOf(input).choose(named(input, /^Canada/));
        },
        accepts,
        (input) => {
          assert.equal(boxOf(input).value, 'client-1');
          input.accept();
        },
        accepts,
      );
      assert.equal((await addConnection(options))?.instance.label, 'ca');
    });

    it('follows with the suggested name, and with the redirect URI that is not possible any more', async () => {
      await open();
      user(
        (input) => {
          input.type('https://ninja.acme.example');
          input.accept();
        },
        accepts,
        chooses(/^Single/),
        chooses(/^Callback Address of VS Code/),
        enters('client-1'),
        (input) => {
          assert.match(listOf(input).labels[0] ?? '', /acme/);
          input.press('Back');
        },
        presses('Back'),
        presses('Back'),
        presses('Back'),
        presses('Back'),
        chooses(/^Canada/),
        accepts,
        (input) => {
          // NinjaOne's own hosts take no address that differs on every sign-in.
          assert.equal(input.labels.length, 3);
          listOf(input).choose(named(input, /^http:\/\/localhost/));
        },
        accepts,
        (input) => {
          assert.match(listOf(input).labels[0] ?? '', /CA/);
          input.accept();
        },
      );
      const added = await addConnection(options);
      assert.equal(added?.redirectUri, 'http://localhost:9090/');
    });

    it('shows the pasted address in the first step again', async () => {
      await open();
      user(
        (input) => {
          input.type('https://acme.rmmservice.com/#/x');
          input.accept();
        },
        presses('Back'),
        (input) => {
          assert.equal(input.value, 'https://acme.rmmservice.com/#/x');
          assert.deepEqual(listOf(input).labels, ['Use acme.rmmservice.com']);
          input.escape();
        },
      );
      await addConnection(options);
    });

    it('makes no change of scopes or name that the user goes back from', async () => {
      await open();
      user(
        ...TO_LAST,
        chooses(/^Change Scopes/),
        (input) => {
          listOf(input).tick('control');
          input.press('Back');
        },
        chooses(/^Change Name/),
        (input) => {
          boxOf(input).type('Other');
          input.press('Back');
        },
        (input) => {
          assert.equal(listOf(input).labels[0], 'Add NinjaOne EU with monitoring');
          input.escape();
        },
      );
      await addConnection(options);
    });

    it('numbers the steps without a total, because the answers decide which follow', async () => {
      await open();
      const steps: string[] = [];
      const noting =
        (deed: Deed): Deed =>
        (input) => {
          steps.push(`${String(input.step)}/${String(input.totalSteps)}`);
          return deed(input);
        };
      user(
        noting(chooses(/^Europe/)),
        noting(chooses(/^API/)),
        noting(enters('client-1')),
        noting((input) => {
          input.escape();
        }),
      );
      await addConnection(options);
      assert.deepEqual(steps, ['1/undefined', '2/undefined', '3/undefined', '4/undefined']);
    });
  });

  describe('asks the instance whether it knows the client ID', () => {
    const answers = (answer: () => Promise<'known' | 'unknown'>): void => {
      options = {
        ...options,
        probe: ({ clientId }) => {
          probed.push(clientId);
          return answer();
        },
      };
    };

    for (const [way, continues] of [
      ['Enter', (input: FakeQuickInput) => input.accept()],
      ['a button', (input: FakeQuickInput) => input.press('Continue Anyway')],
    ] as const) {
      it(`and warns when it does not: ${way} goes on, and the last list says so (C5)`, async () => {
        await open();
        answers(() => Promise.resolve('unknown'));
        user(
          chooses(/^Europe/),
          chooses(/^Native/),
          async (input) => {
            boxOf(input).enter('client-1');
            await until(() => /\(eu\) does not know/.test(boxOf(input).objection ?? ''));
            boxOf(input).type('client-2');
            assert.ok(!input.labels.includes('Continue Anyway'), 'only for what was checked');
            input.accept();
            await until(() => input.labels.includes('Continue Anyway'));
            continues(input);
          },
          (input) => {
            assert.deepEqual(listOf(input).labels, [
              'Add NinjaOne EU with monitoring',
              'Unknown Client ID',
              'Change Scopes…',
              'Change Name…',
            ]);
            input.accept();
          },
        );
        assert.equal((await addConnection(options))?.clientId, 'client-2');
        assert.deepEqual(probed, ['client-1', 'client-2']);
      });
    }

    it('and says in the last list what could not be checked, which leads back to it (C5)', async () => {
      await open();
      answers(() => Promise.reject(new Error('offline')));
      user(
        chooses(/^Europe/),
        chooses(/^API/),
        enters('client-1'),
        enters('secret-1'),
        (input) => {
          const label = 'Client ID and Client Secret Not Checked';
          assert.deepEqual(listOf(input).labels.slice(1, 3), [label, 'Change Scopes…']);
          listOf(input).choose(label);
        },
        (input) => {
          assert.equal(boxOf(input).password, true);
          input.escape();
        },
      );
      await addConnection(options);
      assert.deepEqual(checked, [], 'no secret goes to a host that may be the wrong one');
    });

    it('and does not say that a secret was not checked where the client ID is unknown (C5)', async () => {
      await open();
      answers(() => Promise.resolve('unknown'));
      user(
        chooses(/^Europe/),
        chooses(/^API/),
        async (input) => {
          boxOf(input).enter('client-1');
          await until(() => /\(eu\) does not know/.test(boxOf(input).objection ?? ''));
          input.accept();
        },
        enters('secret-1'),
        (input) => {
          assert.deepEqual(listOf(input).labels.slice(1, 3), ['Unknown Client ID', 'Change Scopes…']);
          input.escape();
        },
      );
      await addConnection(options);
      assert.deepEqual(checked, []);
    });

    it('and tells a wrong client secret before it is stored (C5)', async () => {
      await open();
      options = {
        ...options,
        probeSecret: (_connection, secret) => Promise.resolve(secret === 'wrong' ? 'refused' : 'accepted'),
      };
      user(
        chooses(/^Europe/),
        chooses(/^API/),
        enters('client-1'),
        async (input) => {
          boxOf(input).enter('wrong');
          await until(() =>
            /does not accept this client secret\..* press Enter again/.test(boxOf(input).objection ?? ''),
          );
          boxOf(input).enter('secret-1');
        },
        accepts,
      );
      const added = await addConnection(options);
      assert.equal(await secretOf(added!), 'secret-1');
    });

    it('once, when it knows it (C5)', async () => {
      await open();
      user(...TO_LAST, ...addsAs('Acme'));
      await addConnection(options);
      assert.deepEqual(probed, ['eu client-1']);
    });

    it('and goes on when nobody answers within five seconds', async () => {
      await open();
      answers(() => new Promise(() => {}));
      mock.timers.enable({ apis: ['setTimeout'] });
      const goesOn =
        (text: string): Deed =>
        async (input) => {
          boxOf(input).enter(text);
          await until(() => {
            mock.timers.tick(5_000);
            return input.isDisposed;
          });
        };
      user(chooses(/^Europe/), chooses(/^Native/), goesOn('client-1'), accepts);
      assert.equal((await addConnection(options))?.clientId, 'client-1');
    });

    it('and does not go on with an answer for what is not typed any more', async () => {
      await open();
      let tell: (answer: 'known') => void = () => {};
      answers(() => new Promise((resolve) => (tell = resolve)));
      user(chooses(/^Europe/), chooses(/^Native/), async (input) => {
        boxOf(input).enter('client-1');
        await until(() => probed.length === 1);
        boxOf(input).type('client-12');
        tell('known');
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(input.isDisposed, false);
        input.escape();
      });
      assert.equal(await addConnection(options), undefined);
    });
  });

  describe('has buttons', () => {
    it('that open the page of the client apps, and copy the redirect URI (C5)', async () => {
      await open();
      user(
        chooses(/^Europe/),
        chooses(/^Single/),
        async (input) => {
          listOf(input).pressOn('https://vscode.dev/redirect', 'Copy');
          await until(() => /Copied https:\/\/vscode.dev\/redirect/.test(input.placeholder ?? ''));
          listOf(input).choose('http://localhost:9090/');
        },
        async (input) => {
          assert.equal(editor.env.clipboardText, 'https://vscode.dev/redirect');
          const [, openPage, copy] = input.buttons.map(({ tooltip }) => tooltip ?? '');
          input.press(openPage!);
          input.press(copy!);
          await until(() => editor.env.clipboardText === 'http://localhost:9090/');
          input.escape();
        },
      );
      await addConnection(options);
      assert.deepEqual(editor.env.opened, ['https://eu.ninjarmm.com/#/administration/apps/api/client']);
    });

    it('whose address of the editor has no query, which differs each time', async () => {
      await open([{ ...WEB, platform: 'spa', instance: 'https://ninja.acme.example', redirectUri: 'editor' }]);
      editor.env.externalUri = (uri) => uri.with({ query: 'windowId=7' });
      user(accepts, accepts, accepts, accepts, async (input) => {
        input.press(input.buttons.at(-1)?.tooltip ?? '');
        await until(() => editor.env.clipboardText !== '');
        input.escape();
      });
      await editConnection(options, first());
      assert.equal(editor.env.clipboardText, 'vscode://ninjaone-community.ninjaone-authentication/callback');
    });
  });

  it('begins with the way through vscode.dev in a browser, which no listener can be reached from', async () => {
    await open();
    editor.env.uiKind = vscode.UIKind.Web;
    user(chooses(/^Europe/), chooses(/^Single/), accepts, enters('client-1'), accepts);
    assert.equal((await addConnection(options))?.redirectUri, 'https://vscode.dev/redirect');
  });

  it('says that it comes first if something else needs a connection (C5)', async () => {
    await open();
    user((input) => {
      assert.equal(input.title, 'Add a NinjaOne Connection First');
      input.escape();
    });
    await addConnection(options, 'needed');
  });

  it('takes no address for a client ID (C5)', async () => {
    await open();
    user(chooses(/^Europe/), chooses(/^Native/), (input) => {
      boxOf(input).enter('https://eu.ninjarmm.com/#/administration/apps/api/client');
      assert.match(boxOf(input).objection ?? '', /an address, not a client ID/);
      input.escape();
    });
    await addConnection(options);
    assert.deepEqual(probed, []);
  });

  describe('edits a connection', () => {
    it('and ends without a sign-in when only the name changes, which extensions notice (C4)', async () => {
      await open([{ ...NATIVE, note: 'kept' }, 'nonsense']);
      user(
        accepts,
        accepts,
        accepts,
        chooses(/^Change Name/),
        (input) => {
          assert.match(boxOf(input).prompt ?? '', /extensions ask for your consent again/);
          enters('Renamed')(input);
        },
        (input) => {
          assert.equal(listOf(input).labels[0], 'Save Renamed with monitoring');
          input.accept();
        },
      );
      assert.equal((await editConnection(options, first()))?.name, 'Renamed');
      assert.deepEqual(entries(), [{ ...NATIVE, name: 'Renamed', note: 'kept' }, 'nonsense']);
      assert.deepEqual(signedIn, []);
    });

    it('and signs in when anything else changes', async () => {
      await open([NATIVE]);
      user(accepts, accepts, accepts, chooses(/^Change Scopes/), ticks('monitoring', 'management'), accepts);
      await editConnection(options, first());
      assert.deepEqual(entries(), [{ ...NATIVE, scopes: ['monitoring', 'management'] }]);
      assert.deepEqual(
        signedIn.map(({ scopes }) => scopes),
        [['monitoring', 'management']],
      );
    });

    it('and keeps the stored secret when none is typed (C3)', async () => {
      await open([SERVICE]);
      await host.window.clientSecrets.set(first().id, 'secret-1');
      user(accepts, accepts, accepts, accepts, accepts);
      await editConnection(options, first());
      assert.equal(await secretOf(first()), 'secret-1');
      assert.deepEqual(checked, []);
      assert.deepEqual(signedIn, []);
    });

    it('and asks for the secret anew for another client app (C4)', async () => {
      await open([SERVICE]);
      await host.window.clientSecrets.set(first().id, 'secret-1');
      user(
        accepts,
        accepts,
        (input) => {
          boxOf(input).type('client-2');
          // It is said before, that the sessions do not come along.
          assert.match(boxOf(input).objection ?? '', /sign in/);
          input.accept();
        },
        (input) => {
          boxOf(input).enter('');
          assert.ok(boxOf(input).objection);
          boxOf(input).enter('secret-2');
        },
        accepts,
      );
      const changed = await editConnection(options, first());
      assert.equal(changed?.clientId, 'client-2');
      assert.equal(await secretOf(changed), 'secret-2');
    });

    it('and asks for the secret when the storage does not answer, whose failure is shown', async () => {
      await open([SERVICE]);
      host.window.secrets.fail('get', 'throw', { key: 'clientSecret:' });
      host.window.secrets.fail('store', 'throw', { key: 'clientSecret:' });
      user(accepts, accepts, accepts, enters('secret-2'), accepts);
      await editConnection(options, first());
      assert.deepEqual(
        shown.map((error) => (error as NinjaOneError).intent),
        ['storage'],
      );
    });

    it('and writes nothing when the user leaves', async () => {
      await open([ACME]);
      user(chooses(/^Canada/), (input) => {
        input.escape();
      });
      assert.equal(await editConnection(options, first()), undefined);
      assert.deepEqual(entries(), [ACME]);
    });

    it('with an address and a redirect URI of its own, which are there to be changed', async () => {
      await open([
        { ...NATIVE, instance: 'https://acme.rmmservice.com', platform: 'spa', redirectUri: 'https://acme.example/' },
      ]);
      const values: string[] = [];
      const noting: Deed = (input) => {
        values.push(input.value);
        input.accept();
      };
      user(noting, accepts, accepts, noting, accepts, accepts);
      await editConnection(options, first());
      assert.deepEqual(values, ['https://acme.rmmservice.com', 'https://acme.example/']);
    });
  });
});

/** What the user does in the last list to give the connection a name and add it. */
function addsAs(name: string): readonly Deed[] {
  return [chooses(/^Change Name/), enters(name), accepts];
}

const accepts: Deed = (input) => {
  input.accept();
};

function chooses(label: RegExp): Deed {
  return (input) => {
    listOf(input).choose(named(input, label));
  };
}

function enters(text: string): Deed {
  return (input) => {
    boxOf(input).enter(text);
  };
}

function ticks(...labels: readonly string[]): Deed {
  return (input) => {
    listOf(input).tick(...labels);
    input.accept();
  };
}

function presses(tooltip: string): Deed {
  return (input) => {
    input.press(tooltip);
  };
}

function named(input: FakeQuickInput, label: RegExp): string {
  const found = listOf(input).labels.find((each) => label.test(each));
  assert.ok(found, `${String(label)} in: ${listOf(input).labels.join(', ')}`);
  return found;
}

function boxOf(input: FakeQuickInput): FakeInputBox {
  assert.ok(input instanceof FakeInputBox, `a text is asked for, not: ${String(input.placeholder)}`);
  return input;
}

function listOf(input: FakeQuickInput): FakeQuickPick<vscode.QuickPickItem> {
  assert.ok(input instanceof FakeQuickPick, `a choice is asked for, not: ${input.title ?? ''}`);
  return input as FakeQuickPick<vscode.QuickPickItem>;
}
