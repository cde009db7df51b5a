import {
  PAIR_NAME,
  PAIR_VALUE,
  PASSWORD_PART,
  PASSWORD_WORD,
  SECRET_PAIR,
  SECRET_PARAMETER,
  SECRET_USER,
} from '../api/passwordNames.ts';
import type { ApiRequest } from '../api/apiRequest.ts';
import { powershellText } from './powershellSnippet.ts';
import { formVariables } from './requestSecrets.ts';

/**
 * The part of a saved script that finds the passwords of the body, for `Get-Line`, which masks them. The body can be
 * another one than the request has, so the script has the rules of `passwordValues()`.
 */
export function powershellSecrets(request: ApiRequest): string {
  const { body, form, operation } = request;
  if (body === undefined) {
    return '';
  }
  if (form) {
    const texts = formVariables(request).map(({ variable }) => `$env:${variable}`);
    return texts.length === 0 ? '' : `$session.Secrets += @(${texts.join(', ')})`;
  }
  const marks = (operation.traits.passwords ?? []).map((mark) => powershellText(`.${mark}`));
  return String.raw`function Test-SecretName([string] $Text) {
    $words = [regex]::Replace([regex]::Replace($Text, '([a-z\d])([A-Z])', '$1 $2'), '([A-Z])([A-Z][a-z])', '$1 $2')
    return (Test-Match $Text '${PASSWORD_PART.source}') -or (Test-Match $words '${PASSWORD_WORD.source}')
}

# An address or a connection string can contain a password.
function Test-SecretText([string] $Text) {
    if (Test-Match $Text '${SECRET_USER.source}') {
        return $true
    }
    foreach ($pair in [regex]::Matches($Text, '${SECRET_PAIR.source}')) {
        if ((Test-Match $pair.Groups[1].Value '${SECRET_PARAMETER.source}') -or (Test-SecretName $pair.Groups[1].Value)) {
            return $true
        }
    }
    return $false
}

# Also a name in a list or an object.
function Test-SecretLabel($Label) {
    if ($Label -is [System.Collections.IDictionary]) {
        $Label = @($Label.get_Values())
    }
    if ($Label -is [array]) {
        foreach ($each in $Label) {
            if (Test-SecretLabel $each) {
                return $true
            }
        }
    }
    return $Label -is [string] -and (Test-SecretName $Label)
}

# The value of a pair, such as a name and a value, is a secret if the name says so.
function Test-SecretPair($Object) {
    foreach ($key in $Object.get_Keys()) {
        if ((Test-Match $key '${PAIR_NAME.source}') -and (Test-SecretLabel $Object[$key])) {
            return $true
        }
    }
    return $false
}

function Find-Secret($Json) {
    $stack = New-Object -TypeName System.Collections.Stack
    $stack.Push(@{ Value = $Json; Path = ''; IsSecret = $false })
    while ($stack.Count -gt 0) {
        $part = $stack.Pop()
        $content = $part.Value
        if ($content -is [System.Collections.IDictionary]) {
            $isPair = Test-SecretPair $content
            foreach ($key in $content.get_Keys()) {
                $path = $part.Path
                if (-not $path.EndsWith('.' + $key, [StringComparison]::Ordinal)) {
                    $path += '.' + $key
                }
                $isMarked = @(@(${marks.join(', ')}) | Where-Object { $path.EndsWith($_, [StringComparison]::Ordinal) }).Count -gt 0
                $isSecret = $part.IsSecret -or $isMarked -or (Test-SecretName $key) -or ($isPair -and (Test-Match $key '${PAIR_VALUE.source}'))
                $stack.Push(@{ Value = $content[$key]; Path = $path; IsSecret = $isSecret })
            }
        } elseif ($content -is [array]) {
            foreach ($item in $content) {
                $stack.Push(@{ Value = $item; Path = $part.Path; IsSecret = $part.IsSecret })
            }
        } elseif (($part.IsSecret -and $null -ne $content -and $content -isnot [bool]) -or ($content -is [string] -and (Test-SecretText $content))) {
            [string] $content
        }
    }
}

$json = ConvertFrom-JsonText $Body $false ''
$secrets = @($Body)
if ($json.Problem -eq '') {
    $secrets = @(Find-Secret $json.Value)
}
$session.Secrets += $secrets`;
}
