import assert from 'node:assert/strict';
import { originOfScript } from '../../../src/core/export/ownScript.ts';
import { powershellScript } from '../../../src/core/export/powershellScript.ts';
import { requestOf } from '../../support/apiClientFixture.ts';
import { LIST_DEVICES } from '../../support/operationFixtures.ts';

describe('a script that was saved by this extension', () => {
  const request = requestOf(LIST_DEVICES);
  const { origin } = request.connection.instance;
  const script = powershellScript(request);

  it('is recognized with its instance, also after an editor has changed its line ends (E10)', () => {
    assert.equal(originOfScript(script), origin);
    assert.equal(originOfScript(script.replace('\ufeff', '')), origin);
    assert.equal(originOfScript(script.replaceAll('\n', '\r\n')), origin);
  });

  it('is told from other scripts (E10)', () => {
    for (const text of [
      '',
      'Get-Process',
      `#Requires -Version 5.1\n$Instance = '${origin}'`,
      script.replace('#Requires', '# Requires'),
      script.replaceAll('$env:NINJAONE_ACCESS_TOKEN', '$token'),
      script.replace(origin, 'not an address'),
      script.replace(origin, 'https://[x'),
    ]) {
      assert.equal(originOfScript(text), undefined, text.slice(0, 60));
    }
  });
});
