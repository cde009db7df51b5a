import { fileName, partHead } from '../api/formParts.ts';
import { bashText } from './bashText.ts';
import {
  isSecretFilePart,
  type RequestPart,
  type SecretFormPart,
  type SecretTextPart,
  type SecretVariable,
} from './requestSecrets.ts';

/*
 * A form for three of the languages of Copy As (E15). Each sends the parts that Send sends: the same names, content
 * types, file names and contents. The files are read by the tool, from the path of the request document.
 */

/** The expression of a language for a secret in a part. */
export interface PartSecrets {
  /** In a part that is plain text. */
  readonly plain: (secret: SecretVariable) => string;
  /** In a part that is JSON. */
  readonly json: (secret: SecretVariable) => string;
}

/**
 * Options of curl. Text between double quotes may contain any character; curl removes a backslash before a quote or a
 * backslash. `--form-string` would take a text as it is, but cannot set its type.
 */
export function curlForm(parts: readonly SecretFormPart[], secrets: PartSecrets): readonly string[] {
  return parts.map((part) => {
    if (isSecretFilePart(part)) {
      const name = curlText(fileName(part.file));
      // curl takes a dash for its standard input.
      const path = part.file === '-' ? './-' : part.file;
      return `--form ${bashText(`${part.name}=@${curlText(path)};filename=${name};type=${part.contentType}`)}`;
    }
    const { name, contentType, content } = part;
    const isPlain = contentType === undefined;
    const texts = [
      { text: isPlain ? `${name}=` : `${name}="` },
      ...content.map((each) => ('text' in each && !isPlain ? { text: escapedText(each.text) } : each)),
      ...(isPlain ? [] : [{ text: `";type=${contentType}` }]),
    ];
    const written = joinedTexts(texts).map((each) =>
      expression(each, bashText, isPlain ? secrets.plain : secrets.json),
    );
    return `${isPlain ? '--form-string' : '--form'} ${written.join('')}`;
  });
}

/** With one text where several follow one another. */
function joinedTexts(parts: readonly RequestPart[]): readonly RequestPart[] {
  return parts.reduce<readonly RequestPart[]>((joined, part) => {
    const last = joined.at(-1);
    return last && 'text' in last && 'text' in part
      ? [...joined.slice(0, -1), { text: last.text + part.text }]
      : [...joined, part];
  }, []);
}

function expression(
  part: RequestPart,
  text: (text: string) => string,
  secret: (secret: SecretVariable) => string,
): string {
  return 'text' in part ? text(part.text) : secret(part);
}

function curlText(text: string): string {
  return `"${escapedText(text)}"`;
}

function escapedText(text: string): string {
  return text.replaceAll(/["\\]/g, '\\$&');
}

/** The argument `files` of Python's requests. A part without a file name is `(None, text)`. */
export function pythonForm(parts: readonly SecretFormPart[], secrets: PartSecrets): string {
  const lines = parts.map((part) => {
    const name = JSON.stringify(part.name);
    if (isSecretFilePart(part)) {
      const [file, path, type] = [fileName(part.file), part.file, part.contentType].map((text) => JSON.stringify(text));
      return `(${name}, (${file}, open(${path}, "rb"), ${type}))`;
    }
    const type = part.contentType === undefined ? '' : `, ${JSON.stringify(part.contentType)}`;
    const texts = contentIn(part, secrets);
    const text = texts.length > 1 ? `(${texts.join(' + ')})` : texts.join('');
    return `(${name}, (None, ${text}.encode()${type}))`;
  });
  return `    files=[\n${lines.map((line) => `        ${line},\n`).join('')}    ],\n`;
}

/** Statements that make the variable `form`, for Node.js, whose `FormData` takes each part with a type for a file. */
export function javascriptForm(parts: readonly SecretFormPart[], secrets: PartSecrets): string {
  const lines = parts.flatMap((part) => {
    const content = isSecretFilePart(part)
      ? [`await openAsBlob(${JSON.stringify(part.file)})`]
      : contentIn(part, secrets);
    return ['`--${boundary}\\r\\n`', JSON.stringify(partHead(part)), ...content, '"\\r\\n"'];
  });
  const imports = parts.some(isSecretFilePart) ? 'const { openAsBlob } = await import("node:fs");\n' : '';
  return `${imports}const boundary = crypto.randomUUID();
const form = new Blob(
  [
${[...lines, '`--${boundary}--\\r\\n`'].map((line) => `    ${line},\n`).join('')}  ],
  { type: \`multipart/form-data; boundary=\${boundary}\` },
);

`;
}

function contentIn({ contentType, content }: SecretTextPart, { plain, json }: PartSecrets): readonly string[] {
  return content.map((part) => expression(part, JSON.stringify, contentType === undefined ? plain : json));
}
