const fake = new URL('./index.ts', import.meta.url).href;

/** Whose import of "vscode" is the fake's. For everybody else, `src/core` above all, there is no such package. */
const importers = ['src/extension.ts', 'src/host/', 'test/hostUnit/', 'test/support/vscode/'].map(
  (place) => new URL(`../../../${place}`, import.meta.url).href,
);

export async function resolve(specifier, context, next) {
  return specifier === 'vscode' && importers.some((place) => context.parentURL?.startsWith(place))
    ? { url: fake, format: 'module', shortCircuit: true }
    : next(specifier, context);
}
