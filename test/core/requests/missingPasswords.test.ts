import assert from 'node:assert/strict';
import { formatMessage } from '../../../src/core/base/messages.ts';
import {
  emptyPasswordProblems,
  missingPasswordProblems,
  readLocations,
  stillMissing,
  storedText,
} from '../../../src/core/requests/missingPasswords.ts';
import { sourceSpan } from '../../../src/core/requests/requestSource.ts';

const PLAIN = { passwords: [] };

describe('the passwords that a stored request document lacks', () => {
  it('are remembered by their places, without the values (E6)', () => {
    const text = '{"query":{"token":"t1"},"body":[{"pin":1},{"pin":""},{"door":"d1","x":"y"}]}';
    assert.deepEqual(storedText(text, { passwords: ['door'] }, []), {
      text: '{"query":{"token":""},"body":[{"pin":""},{"pin":""},{"door":"","x":"y"}]}',
      missing: [
        ['query', 'token'],
        ['body', 'pin'],
        ['body', 'door'],
      ],
    });
  });

  it('are still missing after another reload, also without the marks of the operation (E6)', () => {
    const missing = [['body', 'door']];
    assert.deepEqual(storedText('{"body":{"door":"","pin":1}}', PLAIN, missing)?.missing, [
      ...missing,
      ['body', 'pin'],
    ]);
    assert.equal(storedText('{"body":', PLAIN, missing), undefined);
  });

  it('are missing until as many places are filled or removed (E6)', () => {
    const missing = [['a', 'pin'], ['a', 'pin'], ['b']];
    for (const [text, count] of [
      ['{"a":[{"pin":""},{"pin":""}],"b":""}', 3],
      ['{"a":[{"pin":"1"},{"pin":""}],"b":""}', 2],
      ['{"a":[{"pin":""}],"b":"x"}', 1],
      ['{"a":[],"b":null}', 0],
      ['{"a":[{"pin":"', 3],
    ] as const) {
      assert.equal(stillMissing(text, missing).length, count, text);
    }
    assert.deepEqual(stillMissing('{"a":"', []), []);
    assert.deepEqual(stillMissing('{"a":{"pin":"1"},"b":""}', missing), [['b']]);
    const [problem, ...more] = missingPasswordProblems('{"body":{"lock":{"door":"","pin":"1"}}}', [
      ['body', 'lock', 'door'],
      ['body', 'lock', 'pin'],
    ]);
    assert.deepEqual(more, []);
    assert.deepEqual(problem?.location, ['body', 'lock', 'door']);
    assert.match(formatMessage(problem.message), /^The value of "door" may be a secret/);
  });

  it('are marked where they are missing (E6)', () => {
    const text = '{"a":[{"pin":"1"},{"pin":""},{"pin":""}],"b":[{"name":"adminPassword","value":""}]}';
    const missing = [
      ['a', 'pin'],
      ['a', 'pin'],
      ['b', 'value'],
    ];
    const marked = missingPasswordProblems(text, missing).map(
      ({ location, occurrence }) => sourceSpan(text, location, occurrence).start,
    );
    assert.deepEqual(marked, [text.indexOf('"pin":""'), text.lastIndexOf('"pin":""'), text.indexOf('"value"')]);
  });

  it('are all that are empty in a file, where nothing else says that they were left out (E6)', () => {
    const text =
      '{"body":{"name":"","pin":"","doorCode":"","count":0,"token":null,"fields":[{"name":"adminPassword","value":"x"},{"name":"adminPassword","value":""}]}}';
    const empty = emptyPasswordProblems(text, { traits: { passwords: ['doorCode'] } });
    assert.deepEqual(
      empty.map(({ password }) => password),
      ['pin', 'doorCode', 'adminPassword'],
    );
    assert.deepEqual(
      empty.map(({ location, occurrence }) => sourceSpan(text, location, occurrence).start),
      [text.indexOf('"pin"'), text.indexOf('"doorCode"'), text.lastIndexOf('"value"')],
    );
    assert.match(formatMessage(empty[2]!.message), /^The value of "adminPassword" is empty\. Enter the secret/);
    assert.deepEqual(emptyPasswordProblems('{"pin":"",', { traits: {} }), []);
  });

  it('are read from a storage that anything may be in (E6)', () => {
    assert.deepEqual(readLocations([['a', 'b'], 'c', [1], null, []]), [['a', 'b'], []]);
    assert.deepEqual(readLocations({ 0: ['a'] }), []);
  });
});
