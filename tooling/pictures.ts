import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from './provisionVscode.ts';

/** `npm run pictures` copies the pictures from here to `media/walkthrough`. */
export const pictureFolder = path.join(projectRoot, 'artifacts/pictures');

/** Of each picture, because all of them are in the package. */
export const MAX_PICTURE_BYTES = 15_000;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Writes a part of the page as WebP of at most 15,000 bytes. The browser compresses it, because no package that could
 * would be used for anything else.
 */
export async function picture(page: Page, name: string, clip: Rectangle): Promise<void> {
  const png = await page.screenshot({ clip, animations: 'disabled', caret: 'hide' });
  const blank = await page.context().newPage();
  try {
    for (let quality = 0.9; quality > 0.1; quality -= 0.1) {
      const url = await blank.evaluate<string>(compression(png.toString('base64'), quality));
      const bytes = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
      if (bytes.byteLength <= MAX_PICTURE_BYTES) {
        await mkdir(pictureFolder, { recursive: true });
        await writeFile(path.join(pictureFolder, `${name}.webp`), bytes);
        return;
      }
    }
  } finally {
    await blank.close();
  }
  throw new Error(`The picture ${name} is too large. Take a smaller part of the page.`);
}

/** A program for the browser; this project's types do not know its objects. */
function compression(png: string, quality: number): string {
  return `(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${png}';
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', ${quality});
  })()`;
}
