import assert from 'node:assert/strict';
import { seedTenant } from '../../../sandbox/tenantData.ts';
import { deviceFilter } from '../../../sandbox/deviceFilter.ts';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { deviceClasses } from '../../../src/core/deviceFilter/deviceClasses.ts';
import { FILTER_EXAMPLES, FILTER_KEYS, OPERATORS } from '../../../src/core/deviceFilter/filterKeys.ts';
import { filterProposals } from '../../../src/core/deviceFilter/filterProposals.ts';
import { readFilter } from '../../../src/core/deviceFilter/readFilter.ts';
import { bundledSchemas } from '../../support/bundledMedia.ts';
import { generator } from '../../support/random.ts';

const CONTEXT = { classes: deviceClasses(bundledSchemas), ignoresClass: false, now: new Date(2026, 5, 15) };

const TENANT = seedTenant();
const STATUSES = ['PENDING', 'STAGED', 'APPROVED', 'DECOMMISSIONED'];

const UNDERSTOOD = [
  'org = 1',
  'organization eq 1',
  'org=1 AND class in (WINDOWS_SERVER,LINUX_SERVER) AND offline',
  'class neq WINDOWS_WORKSTATION AND org notin (1, 2)',
  'loc <> 3 AND role nin (1,2) AND id !in (5)',
  'location != 4   AND   online',
  'status = PENDING',
  'created after 2025-06-30',
  'created before 1740100000 AND group 1',
  'created after 2025-06-30T08:00Z',
  'class in ( MAC )',
];

/** A filter, what is marked in it, the message, and the filter after the first quick fix. */
const WARNED: readonly (readonly [filter: string, marked: string, message: RegExp, fixed: string | undefined])[] = [
  // Keys
  ['owner = 1', 'owner', /no key "owner".*org, loc, class/, undefined],
  ['organizationId = 1', 'organizationId', /no key/, 'org = 1'],
  ['node-class = MAC', 'node-class', /no key/, 'class = MAC'],
  ['Org = 1', 'Org', /lower case: org\./, 'org = 1'],
  ['Organization = 1', 'Organization', /lower case: organization\./, 'organization = 1'],
  ['1001', '1001', /a value without a key.*id = 1001 or org = 1001/, 'id = 1001'],
  ['windows_server', 'windows_server', /class = WINDOWS_SERVER/, 'class = WINDOWS_SERVER'],
  ['org = 1 AND pending', 'pending', /status = PENDING/, 'org = 1 AND status = PENDING'],
  ['NOT offline', 'NOT', /no key/, undefined],
  ['__proto__ = 1', '__proto__', /no key/, undefined],
  ['constructor', 'constructor', /no key/, undefined],
  // Between clauses
  ['org = 1 OR org = 2', 'OR', /no OR.*in \(…\)/, 'org in (1, 2)'],
  ['class in (MAC) || class = MAC_SERVER', '||', /no OR/, 'class in (MAC, MAC_SERVER)'],
  ['org = 1 OR offline', 'OR', /no OR/, undefined],
  ['org = 1 OR org = 2 AND offline', 'OR', /no OR/, undefined],
  ['org = 1 OR', 'OR', /no OR/, undefined],
  ['org = 1 and offline', 'and', /AND in capitals/, 'org = 1 AND offline'],
  ['org = 1; offline', ';', /AND instead of ";"/, 'org = 1 AND offline'],
  ['org = 1, offline', ',', /AND instead of ","/, 'org = 1 AND offline'],
  ['org = 1 && offline', '&&', /AND instead of "&&"/, 'org = 1 AND offline'],
  ['offline;', ';', /does not belong/, 'offline'],
  ['org = 1 offline', 'offline', /Put AND between/, 'org = 1 AND offline'],
  ['class in (MAC)AND offline', 'AND', /Put AND between/, 'class in (MAC) AND offline'],
  ['org = 1 AND', 'AND', /A clause is missing beside AND/, undefined],
  ['AND org = 1', 'AND', /A clause is missing beside AND/, undefined],
  ['org = 1 AND AND offline', 'AND', /A clause is missing/, undefined],
  ['(org = 1)', '(', /Only the values of in and notin/, 'org = 1)'],
  ['org = 1)', ')', /Only the values of in and notin/, 'org = 1'],
  ['org = 1 2', '2', /does not belong/, undefined],
  // Operators
  ['org == 1', '==', /no operator "==". Use =, !=, in, or notin/, 'org = 1'],
  ['org:1', ':', /no operator ":"/, 'org=1'],
  ['class is MAC', 'is', /no operator "is"/, 'class = MAC'],
  ['org not in (1, 2)', 'not in', /no operator "not in"/, 'org notin (1, 2)'],
  ['org IN (1)', 'IN', /operator in lower case: in/, 'org in (1)'],
  ['class like MAC', 'like', /no operator "like"/, undefined],
  ['id > 1000', '>', /no operator ">"/, undefined],
  ['org', 'org', /operator is missing after org.*org = 42/, undefined],
  ['org 1', 'org', /operator is missing/, 'org = 1'],
  ['created = 2025-06-30', '=', /created has no operator "=". Use before or after/, undefined],
  ['created >2025-06-30', '>', /no operator/, 'created after 2025-06-30'],
  ['offline = true', '= true', /a clause by itself/, 'offline'],
  ['online = false', '= false', /a clause by itself/, 'offline'],
  ['group = 1', '=', /without an operator.*group 42/, 'group 1'],
  // Values
  ['class = ', '=', /A value is missing.*class = WINDOWS_SERVER/, undefined],
  ['class in MAC, MAC_SERVER', 'MAC, MAC_SERVER', /in parentheses: \(MAC, MAC_SERVER\)/, 'class in (MAC, MAC_SERVER)'],
  ['class in MAC AND offline', 'MAC', /in parentheses/, 'class in (MAC) AND offline'],
  ['class = MAC, MAC_SERVER', 'MAC, MAC_SERVER', /several values, use in/, 'class in (MAC, MAC_SERVER)'],
  ['class != (MAC, MAC_SERVER)', '(', /several values, use notin/, 'class notin (MAC, MAC_SERVER)'],
  ['class in (MAC; MAC_SERVER)', ';', /, instead of ";"/, 'class in (MAC, MAC_SERVER)'],
  ['class in (MAC MAC_SERVER)', 'MAC_SERVER', /a comma between/, 'class in (MAC, MAC_SERVER)'],
  ['class in (MAC', 'MAC', /closing parenthesis/, 'class in (MAC)'],
  ['class in (MAC AND offline', 'MAC', /closing parenthesis/, 'class in (MAC) AND offline'],
  ['class in ()', '(', /A value is missing/, undefined],
  ['org in (1,)', ',', /A value is missing/, 'org in (1)'],
  ['class = mac', 'mac', /in capitals: MAC/, 'class = MAC'],
  ['status = Pending', 'Pending', /in capitals: PENDING/, 'status = PENDING'],
  ['class = WINDOWS_SERVR', 'WINDOWS_SERVR', /no value "WINDOWS_SERVR" of class/, 'class = WINDOWS_SERVER'],
  ['class = PRINTER', 'PRINTER', /no value "PRINTER" of class/, undefined],
  ['org = Acme', 'Acme', /org takes an ID.*"Acme" is not/, undefined],
  ['class = "mac"', '"mac"', /without quotation marks/, 'class = MAC'],
  ["org = '1'", "'1'", /without quotation marks/, 'org = 1'],
  // Dates
  ['created after 30.06.2025', '30.06.2025', /not a date/, undefined],
  ['created after 20250630', '20250630', /Write for example 2025-06-30/, 'created after 2025-06-30'],
  ['created after 2025/06/30', '2025/06/30', /not a date/, 'created after 2025-06-30'],
  ['created before 1740100000000', '1740100000000', /not a date/, 'created before 1740100000'],
  ['created after yesterday', 'yesterday', /not a date/, 'created after 2026-06-14'],
  ['created after 2025-06-30T08:00+02', '2025-06-30T08:00+02', /not a date/, undefined],
  ['created after 2025-02-30', '2025-02-30', /not a date/, undefined],
  ['created after 2025-06-30 08:00', '08:00', /does not belong/, undefined],
];

const PIECES = [
  ...['org', 'class', 'id', 'status', 'created', 'group', 'online', 'offline', 'Org', 'owner', '1', '42', 'MAC', 'mac'],
  ...['WINDOWS_SERVER', 'PENDING', 'APPROVED', '=', '!=', '<>', 'in', 'notin', '!in', 'nin', 'eq', '==', ':', '>', '!'],
  ...[
    'before',
    'after',
    '2025-06-30',
    '1740100000',
    '08:00',
    'T08:00Z',
    '(',
    ')',
    ',',
    ';',
    'AND',
    'and',
    'OR',
    '&&',
    '|',
  ],
  ...[
    '"',
    "'",
    ' ',
    '\t',
    '\u00a0',
    '\n',
    '\u{1f600}',
    '\ud800',
    'é',
    'org = 1',
    'class in (MAC)',
    ' AND ',
    '-1',
    '1.5',
  ],
];

const CLAUSES = [...UNDERSTOOD, 'org', '= 1', '=1', 'in (1)', 'created after', 'group', 'class notin (', 'MAC)', 'MAC'];

describe('the reader of device filters', () => {
  it('knows the classes of the API description (E18)', () => {
    assert.equal(CONTEXT.classes.length, 33);
    assert.ok(CONTEXT.classes.includes('WINDOWS_SERVER'));
  });

  for (const filter of UNDERSTOOD) {
    it(`warns of nothing in ${JSON.stringify(filter)}, which the server understands (E18)`, () => {
      assert.deepEqual(warnings(filter), []);
      assert.match(answer(filter), /^finds/);
    });
  }

  for (const [filter, marked, message, fixed] of WARNED) {
    it(`marks ${JSON.stringify(marked)} in ${JSON.stringify(filter)}, which the server refuses or misreads (E18)`, () => {
      const { problems } = readFilter(filter, CONTEXT);
      const problem = problems.find(({ start, end }) => filter.slice(start, end) === marked);
      assert.ok(problem, JSON.stringify(warnings(filter)));
      assert.match(formatMessage(problem.message), message);
      const [fix] = problem.fixes;
      assert.equal(fix && filter.slice(0, fix.start) + fix.text + filter.slice(fix.end), fixed);
      // It is refused, or other devices are found than those that are meant.
      assert.ok(fixed === undefined ? !answer(filter).startsWith('finds') : answer(filter) !== answer(fixed));
    });
  }

  it('understands what a quick fix makes of a filter with one fault, as the server does (E18)', () => {
    const once = WARNED.filter(([filter, , , fixed]) => fixed !== undefined && warnings(filter).length === 1);
    assert.ok(once.length > 25, String(once.length));
    for (const [filter, , , fixed = ''] of once) {
      assert.deepEqual(warnings(fixed), [], filter);
      assert.match(answer(fixed), /^finds/, fixed);
    }
  });

  it('says once that a word such as NOT is no key, and nothing of the clause behind it (E18)', () => {
    assert.equal(warnings('NOT offline').length, 1);
    assert.equal(warnings('org = 1 AND NOT class in (MAC)').length, 1);
  });

  it('says where a clause about the class is not applied (E18)', () => {
    const { problems } = readFilter('class = MAC AND org = 1', { ...CONTEXT, ignoresClass: true });
    assert.deepEqual(
      problems.map(({ start, end, fixes }) => [start, end, fixes]),
      [[0, 5, []]],
    );
    assert.match(formatMessage(problems[0]!.message), /devices of all classes/);
  });

  it('marks no class where the API description has none (E18)', () => {
    assert.deepEqual(readFilter('class = PRINTER', { ...CONTEXT, classes: [] }).problems, []);
    assert.equal(readFilter('class = printer', { ...CONTEXT, classes: [] }).problems.length, 1);
  });

  it('reads each key and operator that is offered, and each example (E18)', () => {
    for (const { example, name, operators } of FILTER_KEYS) {
      assert.deepEqual(warnings(example), [], example);
      assert.match(answer(example), /^finds/);
      assert.ok(example.startsWith(name));
      assert.ok(operators.every((operator) => OPERATORS.get(operator) === operator));
    }
    for (const example of FILTER_EXAMPLES) {
      assert.deepEqual(warnings(example), [], example);
    }
  });

  it('never throws, marks only what is there, and warns of every filter that the server refuses (E18)', () => {
    const random = generator(18);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    let understood = 0;
    for (let round = 0; round < 4000; round += 1) {
      const filter = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
        pick(random() < 0.2 ? PIECES : CLAUSES),
      ).join(pick(['', ' ', ' ', ' AND ']));
      const { problems } = readFilter(filter, CONTEXT);
      for (const { start, end, fixes } of problems) {
        assert.ok(0 <= start && start <= end && end <= filter.length, JSON.stringify(filter));
        for (const fix of fixes) {
          assert.ok(0 <= fix.start && fix.start <= fix.end && fix.end <= filter.length, JSON.stringify(filter));
        }
      }
      if (problems.length === 0 && filter.trim() !== '') {
        understood += 1;
        assert.match(answer(filter.trim()), /^finds/, JSON.stringify(filter));
      }
      for (let offset = 0; offset <= filter.length; offset += 1) {
        const { word } = filterProposals(filter, offset, CONTEXT);
        assert.ok(word.start <= offset && offset <= word.end && word.end <= filter.length, JSON.stringify(filter));
      }
    }
    assert.ok(understood > 100, String(understood));
  });

  it('reads a long filter in little time (E18)', () => {
    const begin = performance.now();
    for (const part of ['org = 1 AND ', 'class in (MAC, ', '((', "'", 'x ', '= ', 'org:1,', '\u{1f600}']) {
      readFilter(part.repeat(4000 / part.length), CONTEXT);
    }
    assert.ok(performance.now() - begin < 2000);
  });
});

function warnings(filter: string): readonly string[] {
  return readFilter(filter, CONTEXT).problems.map(({ message }) => formatMessage(message));
}

/** The devices that the sandbox finds with a filter, or its refusal. It finds nothing with a value that nothing can have. */
function answer(filter: string): string {
  try {
    const found = TENANT.devices.filter(deviceFilter(new URLSearchParams({ df: filter }), TENANT));
    const values = [...filter.matchAll(/[=(,]\s*([A-Z_]{2,})/g)].map(([, value = '']) => value);
    const isKnown = values.every((value) => [...CONTEXT.classes, ...STATUSES].includes(value));
    return isKnown ? `finds ${found.map(({ id }) => id).join()}` : 'can find nothing';
  } catch (error) {
    return String(error);
  }
}
