import path from 'node:path';
import { parseArgs } from 'node:util';
import { runStep } from '../tooling/childGroup.ts';
import { packVsix } from '../tooling/packVsix.ts';
import { projectRoot } from '../tooling/provisionVscode.ts';
import { writeReleaseFiles } from '../tooling/releaseFiles.ts';

const HELP = `npm run package [-- <flags>]

Builds the extension and packs it into ninjaone-authentication.vsix. The same commit gives the same bytes.

  --release <folder>   writes the files of a release into the folder instead, which is emptied: the VSIX with its
                       version in its name, the list of components (SBOM), the source maps, and SHA256SUMS
  --help               this text`;

const { values } = parseArgs({
  options: { release: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
});
if (values.help) {
  console.log(HELP);
} else {
  await runStep([process.execPath, 'esbuild.mjs'], { signal: new AbortController().signal });
  if (values.release === undefined) {
    console.log(await packVsix(path.join(projectRoot, 'ninjaone-authentication.vsix')));
  } else {
    console.log((await writeReleaseFiles(path.resolve(values.release))).join('\n'));
  }
}
