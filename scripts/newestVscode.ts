import { execFileSync } from 'node:child_process';
import { PINNED } from '../tooling/provisionVscode.ts';

/** Ends with code 1 if npm has a newer VS Code than `tooling/provisionVscode.ts` pins, which no dependency update sees. */
const { codeServer: pinned } = PINNED.current;
const newest = execFileSync('npm', ['view', 'code-server', 'dist-tags.latest'], { encoding: 'utf8' }).trim();
if (newest.localeCompare(pinned, 'en', { numeric: true }) > 0) {
  console.log(
    `::error file=tooling/provisionVscode.ts::npm has VS Code ${newest} (code-server), and ${pinned} is pinned. ` +
      'Raise "current" with its Node.js and checksums (npm view <package>@<version> dist.integrity), and run npm test.',
  );
  process.exitCode = 1;
} else {
  console.log(`VS Code ${pinned} is the newest that npm has.`);
}
