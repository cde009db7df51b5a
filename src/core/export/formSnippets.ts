import { fileName, isFilePart, partHead, type FormPart } from '../api/formParts.ts';
import { bashText } from './bashText.ts';

/*
 * A form for three of the languages of Copy As (E15). Each sends the parts that Send sends: the same names, content types, file
 * names and contents. The files are read by the tool, from the path of the request document.
 */

/**
 * Options of curl. Text between double quotes may contain any character; curl removes a backslash before a quote or a
 * backslash. `--form-string` would take a text as it is, but cannot set its type.
 */
export function curlForm(parts: readonly FormPart[]): readonly string[] {
  return parts.map((part) => {
    if (isFilePart(part)) {
      const name = curlText(fileName(part.file));
      // curl takes a dash for its standard input.
      const path = part.file === '-' ? './-' : part.file;
      return `--form ${bashText(`${part.name}=@${curlText(path)};filename=${name};type=${part.contentType}`)}`;
    }
    return part.contentType === undefined
      ? `--form-string ${bashText(`${part.name}=${part.text}`)}`
      : `--form ${bashText(`${part.name}=${curlText(part.text)};type=${part.contentType}`)}`;
  });
}

function curlText(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** The argument `files` of Python's requests. A part without a file name is `(None, text)`. */
export function pythonForm(parts: readonly FormPart[]): string {
  const lines = parts.map((part) => {
    const name = JSON.stringify(part.name);
    if (isFilePart(part)) {
      const [file, path, type] = [fileName(part.file), part.file, part.contentType].map((text) => JSON.stringify(text));
      return `(${name}, (${file}, open(${path}, "rb"), ${type}))`;
    }
    const type = part.contentType === undefined ? '' : `, ${JSON.stringify(part.contentType)}`;
    return `(${name}, (None, ${JSON.stringify(part.text)}.encode()${type}))`;
  });
  return `    files=[\n${lines.map((line) => `        ${line},\n`).join('')}    ],\n`;
}

/** Statements that make the variable `form`, for Node.js, whose `FormData` takes each part with a type for a file. */
export function javascriptForm(parts: readonly FormPart[]): string {
  const lines = parts.flatMap((part) => {
    const content = isFilePart(part) ? `await openAsBlob(${JSON.stringify(part.file)})` : JSON.stringify(part.text);
    return ['`--${boundary}\\r\\n`', JSON.stringify(partHead(part)), content, '"\\r\\n"'];
  });
  const imports = parts.some(isFilePart) ? 'const { openAsBlob } = await import("node:fs");\n' : '';
  return `${imports}const boundary = crypto.randomUUID();
const form = new Blob(
  [
${[...lines, '`--${boundary}--\\r\\n`'].map((line) => `    ${line},\n`).join('')}  ],
  { type: \`multipart/form-data; boundary=\${boundary}\` },
);

`;
}
