import type { ApiRequest } from '../api/apiRequest.ts';
import type { ScriptParameter } from './powershellParameters.ts';
import {
  bodyExpression,
  indent,
  isNoNumber,
  powershellText,
  powershellTexts,
  prettyPrint,
} from './powershellSnippet.ts';
import { bodyParts, formVariables, querySecrets, variablesIn, type SecretVariable } from './requestSecrets.ts';

/*
 * The parts of a saved script that read secrets of the request from the environment. The script has none of them (E10).
 */

/** Sets the body that the request has, if it has secrets. */
export function ownBody(request: ApiRequest): string {
  const variables = variablesIn(bodyParts(request));
  if (request.body === undefined || variables.length === 0) {
    return '';
  }
  return `if (-not $PSBoundParameters.ContainsKey('Body')) {
${indent(checks(variables, 'Body'))}    $Body = ${bodyExpression({ ...request, body: prettyPrint(request.body) })}
}`;
}

/** Checks the secrets of a form, before a file of it is read. */
export function ownForm(request: ApiRequest): string {
  return checks(formVariables(request), undefined);
}

/** Without a parameter that can replace them, the variables are needed. */
function checks(variables: readonly SecretVariable[], parameter: string | undefined): string {
  const names = variables.map(({ variable }) => variable);
  const numbers = variables.filter(({ isNumber }) => isNumber).map(({ variable }) => variable);
  const change = parameter === undefined ? 'Change it.' : `Change it, or pass the parameter ${parameter}.`;
  const check =
    numbers.length === 0
      ? ''
      : `foreach ($variableName in ${powershellTexts(numbers)}) {
    if (${isNoNumber('[Environment]::GetEnvironmentVariable($variableName)')}) {
        Stop-Script 'Variable' ('The environment variable ' + $variableName + ' must be a number. ${change}')
    }
}
`;
  return names.length === 0 ? '' : `${presence(names, parameter)}${check}`;
}

/** Sets the parameters of the query that the request has, if they are secrets. */
export function ownQuery(request: ApiRequest, parameters: readonly ScriptParameter[]): string {
  return secretParameters(request, parameters)
    .map(({ variable, name }) => {
      const secrets = querySecrets(request).filter((secret) => secret.name === name);
      const values = new URL(request.url).searchParams.getAll(name).map((value) => {
        const secret = secrets.find((each) => each.value === value);
        return secret
          ? `[Environment]::GetEnvironmentVariable(${powershellText(secret.variable)})`
          : powershellText(value);
      });
      const names = [...new Set(secrets.map((secret) => secret.variable))];
      return `if (-not $PSBoundParameters.ContainsKey(${powershellText(variable)})) {
${indent(presence(names, variable))}    $${variable} = ${values.length > 1 ? `@(${values.join(', ')})` : values.join('')}
}
`;
    })
    .join('');
}

/** The parameters of the script whose values of the request are secrets. */
export function secretParameters(
  request: ApiRequest,
  parameters: readonly ScriptParameter[],
): readonly ScriptParameter[] {
  const names = new Set(querySecrets(request).map(({ name }) => name));
  return parameters.filter(({ location, name }) => location === 'query' && names.has(name));
}

/** No message of the script shows what they are. */
export function maskedQuery(request: ApiRequest, parameters: readonly ScriptParameter[]): string {
  return secretParameters(request, parameters)
    .map(({ variable }) => `$session.Secrets += @($${variable})\n`)
    .join('');
}

function presence(variables: readonly string[], parameter: string | undefined): string {
  const rest = parameter === undefined ? '.' : `, or pass the parameter ${parameter}.`;
  return `foreach ($variableName in ${powershellTexts(variables)}) {
    if (-not [Environment]::GetEnvironmentVariable($variableName)) {
        Stop-Script 'Variable' ('Set the environment variable ' + $variableName + '${rest}')
    }
}
`;
}
