import type { ApiRequest } from '../api/apiRequest.ts';
import { fileName, isFilePart, partHead, type FormPart } from '../api/formParts.ts';
import { powershellText, requestFields, secretChecks, sendingBlock } from './powershellSnippet.ts';

/**
 * A request with a form for PowerShell (E15). `-Form` of PowerShell 7 cannot set a content type and spells some names of
 * files differently. Where that matters, the form is built byte by byte, which also works in Windows PowerShell 5.1.
 */
export function powershellFormSnippet(request: ApiRequest, parts: readonly FormPart[]): string {
  const fields = requestFields(request);
  if (fitsFormParameter(parts)) {
    fields.push(`Form               = [ordered] @{ ${formTable(parts)} }`);
    return `# -Form needs PowerShell 7.\n${sendingBlock(fields, secretChecks(request))}`;
  }
  fields.push(`ContentType        = ${FORM_CONTENT_TYPE}`, 'Body               = $formBytes');
  return sendingBlock(fields, [...secretChecks(request), ...powershellFormBytes(parts)]);
}

/** PowerShell expression for the content type that belongs to `powershellFormBytes`. */
export const FORM_CONTENT_TYPE = "'multipart/form-data; boundary=' + $formBoundary";

/**
 * The lines of code that build the body of a form in `$formBytes`. The names of their variables begin with `$form`, those
 * of their functions with `Add-Form`.
 */
export function powershellFormBytes(parts: readonly FormPart[]): readonly string[] {
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
    ...parts.flatMap((part) => [
      `Add-FormText ('--' + $formBoundary + "\`r\`n" + ${headOf(part)})`,
      isFilePart(part) ? `Add-FormFile ${powershellText(part.file)}` : `Add-FormText ${powershellText(part.text)}`,
      'Add-FormText "`r`n"',
    ]),
    `Add-FormText ('--' + $formBoundary + "--\`r\`n")`,
    '$formBytes = $formStream.ToArray()',
  ];
}

/** Line breaks are expressions, because an editor might change those within a string. */
function headOf(part: FormPart): string {
  const lines = partHead(part).trimEnd().split('\r\n');
  return `${lines.map(powershellText).join(' + "`r`n" + ')} + "\`r\`n\`r\`n"`;
}

/** Whether `-Form` sends the parts as they are. */
function fitsFormParameter(parts: readonly FormPart[]): boolean {
  return parts.every((part) =>
    isFilePart(part)
      ? part.contentType === 'application/octet-stream' && /^[ !#-~]+$/.test(fileName(part.file))
      : part.contentType === undefined,
  );
}

/** The value of `-Form`. Parts with the same name are a list. */
function formTable(parts: readonly FormPart[]): string {
  const valueOf = (part: FormPart): string =>
    isFilePart(part) ? `(Get-Item -LiteralPath ${powershellText(part.file)})` : powershellText(part.text);
  return [...new Set(parts.map(({ name }) => name))]
    .map((name) => {
      const values = parts.filter((part) => part.name === name).map(valueOf);
      return `${powershellText(name)} = ${values.length > 1 ? `@(${values.join(', ')})` : values.join('')}`;
    })
    .join('; ');
}
