import { ACCEPT, type ApiRequest } from '../api/apiRequest.ts';
import { fileName, isFilePart, partHead, type FormPart } from '../api/formParts.ts';
import { powershellText } from './powershellSnippet.ts';

/**
 * A request with a form for PowerShell (E15). `-Form` of PowerShell 7 cannot set a content type and spells some names of
 * files differently. Where that matters, the form is built byte by byte, which also works in Windows PowerShell 5.1.
 */
export function powershellFormSnippet({ operation, url }: ApiRequest, parts: readonly FormPart[]): string {
  const fits = fitsFormParameter(parts);
  const fields = [
    `Method             = ${powershellText(operation.method)}`,
    `Uri                = ${powershellText(url)}`,
    `Headers            = @{ Accept = '${ACCEPT}'; Authorization = "Bearer $env:NINJAONE_ACCESS_TOKEN" }`,
    'MaximumRedirection = 0',
    ...(fits
      ? [`Form               = [ordered] @{ ${formTable(parts)} }`]
      : [`ContentType        = ${FORM_CONTENT_TYPE}`, 'Body               = $formBytes']),
  ];
  const head = fits ? '# -Form needs PowerShell 7.\n' : powershellFormBytes(parts);
  return `${head}$request = @{\n${fields.map((field) => `    ${field}\n`).join('')}}\nInvoke-RestMethod @request\n`;
}

/** PowerShell expression for the content type that belongs to `powershellFormBytes`. */
export const FORM_CONTENT_TYPE = "'multipart/form-data; boundary=' + $formBoundary";

/**
 * Statements that build the body of a form in `$formBytes`. The names of their variables begin with `$form`, those of
 * their functions with `Add-Form`.
 */
export function powershellFormBytes(parts: readonly FormPart[]): string {
  const lines = parts.flatMap((part) => [
    `Add-FormText ('--' + $formBoundary + "\`r\`n" + ${headOf(part)})`,
    isFilePart(part) ? `Add-FormFile ${powershellText(part.file)}` : `Add-FormText ${powershellText(part.text)}`,
    'Add-FormText "`r`n"',
  ]);
  return `$formBoundary = [guid]::NewGuid().ToString()
$formStream = New-Object -TypeName System.IO.MemoryStream
function Add-FormBytes([byte[]] $Bytes) {
    $formStream.Write($Bytes, 0, $Bytes.Length)
}
function Add-FormText([string] $Text) {
    Add-FormBytes ([System.Text.Encoding]::UTF8.GetBytes($Text))
}
function Add-FormFile([string] $Path) {
    Add-FormBytes ([System.IO.File]::ReadAllBytes((Resolve-Path -LiteralPath $Path).ProviderPath))
}
${lines.join('\n')}
Add-FormText ('--' + $formBoundary + "--\`r\`n")
$formBytes = $formStream.ToArray()
`;
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
