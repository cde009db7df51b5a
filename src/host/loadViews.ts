/**
 * Loads the code of both views, so that the first rows need not wait for it. Called when the start is over: it takes about
 * 3 ms. Their data is read when they are shown. If this fails, showing a view tries again and reports the error.
 */
export async function loadViews(): Promise<void> {
  await Promise.allSettled([import('./explorer/openExplorerTree.ts'), import('./connections/connectionItems.ts')]);
}
