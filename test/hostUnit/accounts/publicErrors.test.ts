import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { canceled } from '../../../src/core/base/errors.ts';
import { PUBLIC_ERRORS, publicErrorName, toPublicError } from '../../../src/host/accounts/publicErrors.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { invalidGrant, offline, wrongSecret } from '../../support/fakeTokenServer.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('errors for other extensions', () => {
  useVscode();

  it('have exactly the names that ninjaone.d.ts describes (X6)', () => {
    const types = readFileSync('ninjaone.d.ts', 'utf8');
    const names = Object.keys(PUBLIC_ERRORS);
    const described = [...types.matchAll(/^ \* - `(\w+)`: /gm)].map(([, name]) => name);
    const [, union = ''] = /export type NinjaOneErrorName =([^;]+);/.exec(types) ?? [];
    assert.deepEqual(
      described.filter((name) => names.includes(name ?? '') || name?.startsWith('NinjaOne')),
      names,
    );
    assert.deepEqual(
      [...union.matchAll(/'(\w+)'/g)].map(([, name]) => name),
      names,
    );
  });

  it('get a name by their code, else by their intent, and each intent has one name (X6)', () => {
    const rows = Object.values(PUBLIC_ERRORS);
    for (const values of [rows.flatMap(({ intents }) => intents), rows.flatMap(({ codes }) => codes)]) {
      assert.equal(new Set(values).size, values.length);
    }
    assert.equal(publicErrorName(offline()), 'NinjaOneUnreachable');
    assert.equal(publicErrorName(wrongSecret()), 'NinjaOneNeedsSetup');
    assert.equal(publicErrorName(invalidGrant()), 'NinjaOneFailed');
    for (const [code, intent, name] of [
      ['signIn.timeout', 'transient', 'NinjaOneTimedOut'],
      ['signIn.unanswered', 'invalidInput', 'NinjaOneTimedOut'],
      ['oauth.accessDenied', 'permission', 'NinjaOneAccessDenied'],
      ['oauth.scopesRefused', 'misconfigured', 'NinjaOneScopeNotGranted'],
      ['oauth.scopesExceeded', 'misconfigured', 'NinjaOneScopeNotGranted'],
      ['oauth.invalidScope', 'misconfigured', 'NinjaOneScopeNotGranted'],
      ['request.unknownScope', 'invalidInput', 'NinjaOneUnknownScope'],
      ['request.setupRequired', 'misconfigured', 'NinjaOneNeedsSetup'],
      ['settings.notAList', 'invalidInput', 'NinjaOneNeedsSetup'],
      ['settings.notWritten', 'invalidInput', 'NinjaOneNeedsSetup'],
      ['request.accountGone', 'invalidInput', 'NinjaOneAccountGone'],
      ['request.connectionGone', 'invalidInput', 'NinjaOneAccountGone'],
      ['request.contradictory', 'invalidInput', 'NinjaOneAccountGone'],
      ['request.accountLacksScopes', 'invalidInput', 'NinjaOneAccountLacksScopes'],
      ['storage.failed', 'storage', 'NinjaOneFailed'],
      ['another', 'invalidInput', 'NinjaOneFailed'],
    ] as const) {
      assert.equal(publicErrorName({ code, intent }), name, code);
    }
  });

  it('name only codes that exist (X6)', () => {
    const sources = ['core/sessions', 'core/serverErrors', 'host/signIn', 'host/platform'].flatMap((folder) =>
      filesIn(`src/${folder}`).map((path) => readFileSync(path, 'utf8')),
    );
    for (const code of Object.values(PUBLIC_ERRORS).flatMap(({ codes }) => codes)) {
      assert.ok(
        sources.some((text) => text.includes(`'${code}'`)),
        code,
      );
    }
  });

  it('carry the sentence for the user and nothing else, and are logged (X6)', () => {
    const logged: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => logged.push(message) };
    const error = toPublicError(offline(), logger);
    assert.deepEqual([error.name, error.message], ['NinjaOneUnreachable', 'You are offline.']);
    assert.deepEqual(Object.keys(error), ['name']);
    assert.match(logged[0] ?? '', /network\.offline/);
  });

  it('are VS Code’s own for what the user has canceled (X6)', () => {
    assert.ok(toPublicError(canceled(), silentLogger) instanceof vscode.CancellationError);
    assert.ok(toPublicError(new vscode.CancellationError(), silentLogger) instanceof vscode.CancellationError);
  });

  it('tell nothing of a defect, which is in the log (X6)', () => {
    const logged: string[] = [];
    const logger = { ...silentLogger, error: (message: string) => logged.push(message) };
    const error = toPublicError(new TypeError('x is not a function'), logger);
    assert.equal(error.name, 'NinjaOneFailed');
    assert.doesNotMatch(error.message, /function/);
    assert.match(logged[0] ?? '', /x is not a function/);
  });
});

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => `${folder}/${name}`);
}
