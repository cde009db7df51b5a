// Lint rules that keep the user interface translatable: every text a user sees is written out in a call of `l10n.t`.

/** Properties of the VS Code API, and options of our own helpers, that are shown as they are. */
const SHOWN = new Set([
  ...['title', 'label', 'description', 'detail', 'tooltip', 'message', 'placeHolder', 'placeholder', 'prompt'],
  ...['validationMessage', 'saveLabel', 'openLabel', 'accessibilityInformation', 'help', 'body'],
]);

/** Functions and classes whose arguments are shown. */
const SHOWING = new Set([
  ...['showInformation', 'showWarning', 'offerInformation', 'offerWarning', 'offerError', 'showInStatusBar'],
  ...['offerAction', 'offerToFix'],
  ...['showInformationMessage', 'showWarningMessage', 'showErrorMessage', 'setStatusBarMessage', 'withDelayedProgress'],
  ...['TreeItem', 'MarkdownString', 'Diagnostic', 'appendMarkdown', 'appendText', 'setMessage', 'offerAlternative'],
]);

/** What is left of a text when icons, places and addresses are gone. */
function hasWords(text) {
  return /\p{L}{2}/u.test(text.replaceAll(/\$\([\w~-]+\)|\{\d+\}|\b\w+(?:\.\w+)+\b|https?:\S*/g, ''));
}

function isTranslation({ callee }) {
  return callee.type === 'MemberExpression' && callee.property.name === 't' && nameOf(callee.object) === 'l10n';
}

/** The last name of `a`, `a.b` or `a.b()`. */
function nameOf(node) {
  return node.type === 'CallExpression' || node.type === 'NewExpression'
    ? nameOf(node.callee)
    : node.type === 'MemberExpression'
      ? (node.property.name ?? node.property.value)
      : node.name;
}

const uiText = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { raw: "'{{text}}' reaches the user without l10n.t, so it cannot be translated." },
  },
  create(context) {
    const { sourceCode } = context;

    function check(node, seen = new Set()) {
      if (!node || seen.has(node)) {
        return;
      }
      seen.add(node);
      const all = (...nodes) => nodes.forEach((each) => check(each, seen));
      switch (node.type) {
        case 'Literal':
          return typeof node.value === 'string' && report(node, node.value);
        case 'TemplateLiteral':
          node.quasis.forEach((part) => report(part, part.value.cooked));
          // The name of an icon stands in `$(…)`.
          return all(...node.expressions.filter((_, index) => !node.quasis[index].value.cooked.endsWith('$(')));
        case 'ConditionalExpression':
          return all(node.consequent, node.alternate);
        case 'LogicalExpression':
        case 'BinaryExpression':
          return all(node.left, node.right);
        case 'ArrayExpression':
          return all(...node.elements);
        case 'SpreadElement':
        case 'AwaitExpression':
        case 'TSAsExpression':
          return all(node.argument ?? node.expression);
        case 'CallExpression':
          // `['a', b].join(', ')`
          return nameOf(node) === 'join' && all(node.callee.object);
        case 'Identifier':
          return all(initializerOf(node));
      }
    }

    function report(node, text) {
      if (hasWords(text)) {
        context.report({ node, messageId: 'raw', data: { text } });
      }
    }

    /** What a constant was made with. */
    function initializerOf(node) {
      for (let scope = sourceCode.getScope(node); scope; scope = scope.upper) {
        const variable = scope.set.get(node.name);
        if (variable) {
          const [definition] = variable.defs;
          const declaration = definition?.node;
          return declaration?.type === 'VariableDeclarator' && declaration.id === definition.name
            ? declaration.init
            : undefined;
        }
      }
      return undefined;
    }

    return {
      'Property[computed=false]'(node) {
        // `l10n.t({ message, args, comment })` is how a message gets a comment for translators.
        const isTranslated = node.parent.parent.callee?.property?.name === 't';
        if (SHOWN.has(node.key.name) && node.parent.type === 'ObjectExpression' && !isTranslated) {
          check(node.value);
        }
      },
      'AssignmentExpression[left.type="MemberExpression"]'(node) {
        if (SHOWN.has(nameOf(node.left)) || nameOf(node.left) === 'text') {
          check(node.right);
        }
      },
      'CallExpression, NewExpression'(node) {
        if (SHOWING.has(nameOf(node))) {
          node.arguments.forEach((each) => check(each));
        }
      },
      // An error or a message that is put together by hand is not seen by the extraction.
      'Property[key.name="template"] > .value'(node) {
        if (node.type === 'Literal' || node.type === 'TemplateLiteral') {
          check(node);
        }
      },
    };
  },
};

const extractable = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      notLiteral: 'The text is not written out in the call, so npm run l10n cannot find it.',
      plural: 'VS Code knows no plurals: use localize(l10n.t(…)).',
      places: 'The places of the text and its arguments do not match.',
    },
  },
  create(context) {
    return {
      CallExpression(node) {
        if (!isTranslation(node)) {
          return;
        }
        const [first, ...rest] = node.arguments;
        const options =
          first?.type === 'ObjectExpression'
            ? new Map(first.properties.map((each) => [each.key?.name, each.value]))
            : undefined;
        const message = options ? options.get('message') : first;
        const comment = options?.get('comment');
        if (!isWrittenOut(message) || (options && !isWrittenOut(comment))) {
          context.report({ node, messageId: 'notLiteral' });
          return;
        }
        if (nameOf(node.callee.object.object ?? {}) === 'vscode' && /, plural,/.test(message.value)) {
          context.report({ node, messageId: 'plural' });
        }
        const args = options ? (options.get('args')?.elements ?? []) : rest;
        const places = [...message.value.matchAll(/\{(\d+)[,}]/g)].map(([, index]) => Number(index));
        const highest = Math.max(-1, ...places);
        const isSpread = args.some(({ type }) => type === 'SpreadElement');
        if (args.length > 0 && !isSpread && highest + 1 !== args.length) {
          context.report({ node, messageId: 'places' });
        }
      },
    };
  },
};

function isWrittenOut(node) {
  return node?.type === 'Literal' && typeof node.value === 'string';
}

export const localization = { rules: { 'ui-text': uiText, extractable } };
