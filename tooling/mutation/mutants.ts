import ts from 'typescript';
import { regexpVariants } from './regexpVariants.ts';

/** One small fault in a source. */
export interface Mutant {
  /** From 1 on, in the order of the source. */
  readonly id: number;
  /** From 1 on. */
  readonly line: number;
  /** The faulty piece, on one line. */
  readonly original: string;
  /** What replaces it; empty for a statement that is removed. */
  readonly replacement: string;
  /** The function that the piece stands in, and the ones around it: `RefreshLock.#acquire`. */
  readonly place: string;
}

export interface MutatedSource {
  readonly mutants: readonly Mutant[];
  /** The source with all of them: `SWITCH(id)` tells at run time whether the fault `id` is on. */
  readonly text: string;
}

/** The global function that the mutated source asks. */
export const SWITCH = '__isFaulty';

/**
 * Makes every fault of a TypeScript source: conditions, logic, comparisons, arithmetic, calls and throws that are left
 * out, returned values, texts, lists, regular expressions, optional chaining. Types, texts for users and log calls stay.
 */
export function mutate(source: string): MutatedSource {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.ES2022, true);
  const mutants: Mutant[] = [];

  const emit = (node: ts.Node): string => {
    const start = node.getStart(file);
    if (isLeftAlone(node)) {
      return source.slice(start, node.end);
    }
    const switches = replacementsOf(node).map((replacement) => {
      const id = mutants.length + 1;
      mutants.push({
        id,
        line: file.getLineAndCharacterOfPosition(start).line + 1,
        original: oneLine(source.slice(start, node.end)),
        replacement: oneLine(replacement),
        place: placeOf(node),
      });
      return { isOn: `${SWITCH}(${id})`, replacement };
    });
    const inner = emitChildren(node, start);
    if (ts.isStatement(node)) {
      return switches.reduce((text, { isOn }) => `if (${isOn}) {} else { ${text} }`, inner);
    }
    return switches.length === 0
      ? inner
      : `(${switches.map(({ isOn, replacement }) => `${isOn} ? (${replacement}) : `).join('')}(${inner}))`;
  };

  const emitChildren = (node: ts.Node, start: number): string => {
    const children: ts.Node[] = [];
    ts.forEachChild(node, (child) => void children.push(child));
    let text = '';
    let at = start;
    for (const child of children.sort((one, other) => one.pos - other.pos)) {
      text += source.slice(at, child.getStart(file)) + emit(child);
      at = child.end;
    }
    return text + source.slice(at, node.end);
  };

  return { text: emit(file) + source.slice(file.end), mutants };
}

/** Types, imports, texts for users, log calls, messages of errors that are faults of the program. */
function isLeftAlone(node: ts.Node): boolean {
  if (ts.isCallExpression(node)) {
    return /(?:^|[.#])logger\.\w+$/.test(node.expression.getText());
  }
  if (ts.isNewExpression(node)) {
    return node.expression.getText() === 'Error';
  }
  return (
    ts.isTypeNode(node) ||
    ts.isTypeParameterDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    isTextForUsers(node)
  );
}

/** A text, or the text and the comment of an object, that `l10n.t` gets. */
function isTextForUsers(node: ts.Node): boolean {
  return ts.isPropertyAssignment(node)
    ? ['message', 'comment'].includes(node.name.getText()) && isForLocalization(node.parent)
    : ts.isStringLiteralLike(node) && isForLocalization(node);
}

function isForLocalization(node: ts.Node): boolean {
  const call = node.parent;
  const isFirst = ts.isCallExpression(call) && call.arguments[0] === node;
  return isFirst && /(?:^|\.)l10n\.t$/.test(call.expression.getText());
}

/** An empty text removes a statement. */
function replacementsOf(node: ts.Node): readonly string[] {
  if (ts.isStatement(node)) {
    return isRemovable(node) ? [''] : [];
  }
  if (!ts.isExpression(node)) {
    return [];
  }
  const original = node.getText();
  const found = [...ofValue(node), ...ofPlace(node)];
  return [...new Set(found)].filter((replacement) => replacement !== original);
}

function isRemovable(node: ts.Statement): boolean {
  if (ts.isThrowStatement(node)) {
    return true;
  }
  if (!ts.isExpressionStatement(node)) {
    return false;
  }
  let expression = node.expression;
  while (ts.isAwaitExpression(expression) || ts.isVoidExpression(expression)) {
    expression = expression.expression;
  }
  if (ts.isCallExpression(expression)) {
    return !isLeftAlone(expression) && expression.expression.kind !== ts.SyntaxKind.SuperKeyword;
  }
  // What a constructor sets is missed by whatever uses it.
  const isAssignment = ts.isBinaryExpression(expression) && isAssignmentOperator(expression.operatorToken.kind);
  return isAssignment && !ts.isConstructorDeclaration(node.parent.parent);
}

function isAssignmentOperator(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** The faults that depend on what an expression is. */
function ofValue(node: ts.Expression): readonly string[] {
  if (ts.isBinaryExpression(node)) {
    return ofBinary(node);
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    return ofUnary(node);
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
    return [node.kind === ts.SyntaxKind.TrueKeyword ? 'false' : 'true'];
  }
  if (ts.isStringLiteralLike(node)) {
    return isTextThatMatters(node) ? ["''"] : [];
  }
  if (ts.isTemplateExpression(node)) {
    return ["''"];
  }
  if (ts.isArrayLiteralExpression(node)) {
    return ofArray(node);
  }
  if (ts.isRegularExpressionLiteral(node)) {
    return regexpVariants(node.text);
  }
  return [...ofChain(node), ...ofCall(node)];
}

const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
};
const ARITHMETIC: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '**': '*',
  '<<': '>>',
  '>>': '<<',
  '>>>': '<<',
  '&': '|',
  '|': '&',
  '^': '&',
  '+=': '-=',
  '-=': '+=',
};

function ofBinary(node: ts.BinaryExpression): readonly string[] {
  const operator = node.operatorToken.getText();
  const [left, right] = [node.left.getText(), node.right.getText()];
  if (operator === '&&' || operator === '||') {
    return [`(${left}) ${operator === '&&' ? '||' : '&&'} (${right})`, left, right];
  }
  if (operator === '??') {
    return [left, right];
  }
  const isText = [node.left, node.right].some((side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side));
  const arithmetic = isText ? undefined : ARITHMETIC[operator];
  const others = COMPARISONS[operator] ?? (arithmetic === undefined ? [] : [arithmetic]);
  return others.map((other) => `${left} ${other} ${right}`);
}

function ofUnary(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): readonly string[] {
  const operand = node.operand.getText();
  if (node.operator === ts.SyntaxKind.ExclamationToken || node.operator === ts.SyntaxKind.MinusToken) {
    return [operand];
  }
  const isCounter = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
  // A loop that counts the other way only ends by its time limit.
  if (!isCounter || ts.isForStatement(node.parent)) {
    return [];
  }
  const other = node.operator === ts.SyntaxKind.PlusPlusToken ? '--' : '++';
  return [ts.isPrefixUnaryExpression(node) ? other + operand : operand + other];
}

/** Not names, and not what is compared, because the comparison has faults of its own. */
function isTextThatMatters(node: ts.StringLiteralLike): boolean {
  const { parent } = node;
  const isName = 'name' in parent && parent.name === node;
  const isCompared = ts.isBinaryExpression(parent) && parent.operatorToken.getText() in COMPARISONS;
  return node.text !== '' && !isName && !isCompared && !ts.isImportTypeNode(parent.parent);
}

/** Empty, and without each piece of it. Texts in it become empty anyway. */
function ofArray({ elements, parent }: ts.ArrayLiteralExpression): readonly string[] {
  const isPattern = ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  if (elements.length === 0 || (isPattern && parent.left.kind === ts.SyntaxKind.ArrayLiteralExpression)) {
    return [];
  }
  const texts = elements.map((element) => element.getText());
  const without = elements.flatMap((element, index) =>
    ts.isStringLiteralLike(element) || elements.length === 1 ? [] : [`[${texts.toSpliced(index, 1).join(', ')}]`],
  );
  return ['[]', ...without];
}

/** Without each `?` of a chain of `?.`, from its last link, because parentheses within would cut it. */
function ofChain(node: ts.Expression): readonly string[] {
  if (!ts.isOptionalChain(node) || (ts.isOptionalChain(node.parent) && node.parent.expression === node)) {
    return [];
  }
  const replacements: string[] = [];
  const start = node.getStart();
  const text = node.getText();
  for (let link: ts.Node = node; ts.isOptionalChain(link); link = link.expression) {
    const token = ts.isNonNullChain(link) ? undefined : link.questionDotToken;
    if (token) {
      const at = token.getStart() - start;
      replacements.push(text.slice(0, at) + (ts.isPropertyAccessChain(link) ? '.' : '') + text.slice(at + 2));
    }
  }
  return replacements;
}

const OPPOSITES: Readonly<Record<string, string>> = { min: 'max', max: 'min', some: 'every', every: 'some' };

function ofCall(node: ts.Expression): readonly string[] {
  if (!ts.isCallExpression(node) || ts.isOptionalChain(node) || !ts.isPropertyAccessExpression(node.expression)) {
    return [];
  }
  const { name, expression } = node.expression;
  const opposite = Object.hasOwn(OPPOSITES, name.text) ? OPPOSITES[name.text] : undefined;
  const rest = node.getText().slice(name.end - node.getStart());
  return opposite === undefined ? [] : [`${expression.getText()}.${opposite}${rest}`];
}

/** The faults that depend on where an expression stands: a condition, or a value that is returned. */
function ofPlace(node: ts.Expression): readonly string[] {
  const { parent } = node;
  const isLoop = (ts.isWhileStatement(parent) || ts.isDoStatement(parent)) && parent.expression === node;
  if (isLoop || (ts.isForStatement(parent) && parent.condition === node)) {
    return ['false'];
  }
  const isBranch = ts.isIfStatement(parent) && parent.expression === node;
  if (isBranch || (ts.isConditionalExpression(parent) && parent.condition === node)) {
    return ['true', 'false', ...(isTruthValue(node) ? [] : [`!(${node.getText()})`])];
  }
  const isReturned = ts.isReturnStatement(parent) || (ts.isArrowFunction(parent) && parent.body === node);
  if (!isReturned || LITERALS.has(node.kind) || ts.isConditionalExpression(node) || node.getText() === 'undefined') {
    return [];
  }
  return isTruthValue(node) ? ['true', 'false'] : ['undefined'];
}

const LITERALS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.TrueKeyword,
  ts.SyntaxKind.FalseKeyword,
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.TemplateExpression,
]);

/** A comparison, a negation, or several of them: negated as a whole by one of its own faults. */
function isTruthValue(node: ts.Expression): boolean {
  return ts.isBinaryExpression(node)
    ? node.operatorToken.getText() in COMPARISONS || ['&&', '||'].includes(node.operatorToken.getText())
    : ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken;
}

function placeOf(node: ts.Node): string {
  const names: string[] = [];
  for (let around: ts.Node | undefined = node.parent; around; around = around.parent as ts.Node | undefined) {
    names.unshift(...nameOf(around));
  }
  return names.join('.');
}

/** Of a class, function, method, or a variable in a statement. */
function nameOf(node: ts.Node): readonly string[] {
  if (ts.isConstructorDeclaration(node)) {
    return ['constructor'];
  }
  const isNamed =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    (ts.isVariableDeclaration(node) && ts.isVariableStatement(node.parent.parent));
  return isNamed && node.name ? [node.name.getText()] : [];
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
