import assert from 'node:assert/strict';
import { attachmentName, isAttachment } from '../../../src/core/http/attachments.ts';

describe('the name of a downloaded file', () => {
  const long = 'ü'.repeat(300);
  const cases: readonly (readonly [header: string, name: string | undefined])[] = [
    ['attachment; filename=report.pdf', 'report.pdf'],
    ['attachment; filename="Q1 report; final.pdf"', 'Q1 report; final.pdf'],
    ['attachment; filename="a \\"b\\".txt"', 'a -b-.txt'],
    ["attachment; filename*=UTF-8''%C3%9Cbersicht%20%E2%82%AC.pdf", 'Übersicht €.pdf'],
    ['attachment; filename="fallback.pdf"; filename*=utf-8\'de\'%C3%9C.pdf', 'Ü.pdf'],
    ["attachment; filename*=iso-8859-1''%DC.pdf", 'Ü.pdf'],
    ["attachment; filename*=UTF-8''%DC.pdf; filename=good.pdf", 'good.pdf'],
    [`attachment; filename="${Buffer.from('Übersicht.pdf').toString('latin1')}"`, 'Übersicht.pdf'],
    ['attachment; filename="/etc/passwd"', 'passwd'],
    ['attachment; filename="..\\\\..\\\\evil.exe"', 'evil.exe'],
    ["attachment; filename*=UTF-8''..%2F..%2Fa.sh", 'a.sh'],
    ['attachment; filename=".bashrc"', 'bashrc'],
    ['attachment; filename="a.txt. "', 'a.txt'],
    ["attachment; filename*=UTF-8''a%E2%80%AEcod.exe%00", 'a-cod.exe-'],
    ['attachment; filename="con.json"', '_con.json'],
    ['attachment; filename="???"', undefined],
    ['attachment; filename=""', undefined],
    ['attachment', undefined],
    ['inline; filename=a.txt', 'a.txt'],
    [`attachment; filename*=UTF-8''${encodeURIComponent(long)}.pdf`, `${'ü'.repeat(116)}.pdf`],
  ];
  for (const [header, name] of cases) {
    it(`is ${name?.slice(0, 20)} for ${header.slice(0, 70)} (E7)`, () => {
      assert.equal(attachmentName(header), name);
      assert.equal(isAttachment(header), true);
    });
  }

  it('is not looked for in a response that is shown inline or has no header (E7)', () => {
    for (const header of [undefined, null, '', 'inline', 'attachments', 'inline; x="attachment"']) {
      assert.equal(isAttachment(header), false, String(header));
    }
  });
});
