import type { ApiRequest } from '../api/apiRequest.ts';
import { fileName, partHead } from '../api/formParts.ts';
import { jsonOf, powershellText, requestFields, secretChecks, sendingBlock } from './powershellSnippet.ts';
import { formParts, isSecretFilePart, type SecretFormPart, type SecretTextPart } from './requestSecrets.ts';

/**
 * A request with a form for PowerShell (E15). `-Form` of PowerShell 7 cannot set a content type and spells some names of
 * files differently. Where that matters, the form is built byte by byte, which also works in Windows PowerShell 5.1.
 */
export function powershellFormSnippet(request: ApiRequest): string {
  const parts = formParts(request);
  const fields = requestFields(request);
  if (fitsFormParameter(parts)) {
    fields.push(`Form               = [ordered] @{ ${formTable(parts)} }`);
    return `# -Form needs PowerShell 7.\n${sendingBlock(fields, secretChecks(request))}`;
  }
  fields.push(`ContentType        = ${FORM_CONTENT_TYPE}`, 'Body               = $formBytes');
  return sendingBlock(fields, [...secretChecks(request), ...powershellFormBytes(request)]);
}

/** PowerShell expression for the content type that belongs to `powershellFormBytes`. */
export const FORM_CONTENT_TYPE = "'multipart/form-data; boundary=' + $formBoundary";

/**
 * The lines of code that build the body of a form in `$formBytes`. The names of their variables begin with `$form`, those
 * of their functions with `Add-Form`.
 */
export function powershellFormBytes(request: ApiRequest): readonly string[] {
  return [
    '$formBoundary = [guid]::NewGuid().ToString()',
    '$formStream = New-Object -TypeName System.IO.MemoryStream',
    'function Add-FormBytes([byte[]] $Bytes) {',
    '    $formStream.Write($Bytes, 0, $Bytes.Length)',
    '}',
    'function Add-FormText([string] $Text) {',
    '    Add-FormBytes ([System.Text.Encoding]::UTF8.GetBytes($Text))',
    '}',
    'function Add-FormFile([string] $Path) {',
    '    Add-FormBytes ([System.IO.File]::ReadAllBytes((Resolve-Path -LiteralPath $Path).ProviderPath))',
    '}',
    ...formParts(request).flatMap((part) => [
      `Add-FormText ('--' + $formBoundary + "\`r\`n" + ${headOf(part)})`,
      isSecretFilePart(part) ? `Add-FormFile ${powershellText(part.file)}` : `Add-FormText ${contentIn(part)}`,
      'Add-FormText "`r`n"',
    ]),
    `Add-FormText ('--' + $formBoundary + "--\`r\`n")`,
    '$formBytes = $formStream.ToArray()',
  ];
}

function contentIn({ contentType, content }: SecretTextPart): string {
  const texts = content.map((part) =>
    'text' in part ? powershellText(part.text) : contentType === undefined ? `$env:${part.variable}` : jsonOf(part),
  );
  return texts.length > 1 ? `(${texts.join(' + ')})` : texts.join('');
}

/** Line breaks are expressions, because an editor might change those within a string. */
function headOf(part: SecretFormPart): string {
  const lines = partHead(part).trimEnd().split('\r\n');
  return `${lines.map(powershellText).join(' + "`r`n" + ')} + "\`r\`n\`r\`n"`;
}

/** Whether `-Form` sends the parts as they are. */
function fitsFormParameter(parts: readonly SecretFormPart[]): boolean {
  return parts.every((part) =>
    isSecretFilePart(part)
      ? part.contentType === 'application/octet-stream' && /^[ !#-~]+$/.test(fileName(part.file))
      : part.contentType === undefined,
  );
}

/** The value of `-Form`. Parts with the same name are a list. */
function formTable(parts: readonly SecretFormPart[]): string {
  const valueOf = (part: SecretFormPart): string =>
    isSecretFilePart(part) ? `(Get-Item -LiteralPath ${powershellText(part.file)})` : contentIn(part);
  return [...new Set(parts.map(({ name }) => name))]
    .map((name) => {
      const values = parts.filter((part) => part.name === name).map(valueOf);
      return `${powershellText(name)} = ${values.length > 1 ? `@(${values.join(', ')})` : values.join('')}`;
    })
    .join('; ');
}
