/**
 * Writes THIRD-PARTY-NOTICES.md: every package that the product carries, its licence and the text of
 * it. `--check` only compares and fails when the file is stale. A package under a licence that Apache-2.0
 * software cannot carry stops it.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appRoot } from './build.ts';
import { chooseLicence } from './licences.ts';
import { productionClosure } from './production-closure.ts';
import type { LockedPackage } from './production-closure.ts';

const target = join(appRoot, 'THIRD-PARTY-NOTICES.md');

/** What some packages hold besides their own work. */
const contents = readFileSync(join(import.meta.dirname, 'notices-contents.md'), 'utf8').trim();

/** Packages that declare no licence where a program finds it, as a person read it there. */
const readByHand: ReadonlyMap<string, string> = new Map([
  // Its LICENSE.
  ['dequeue 1.0.5', 'BSD-2-Clause'],
  // Its LICENSE.
  ['humanize 0.0.9', 'MIT'],
  // Its README.md, "License".
  ['precond 0.2.3', 'MIT'],
]);

interface Noticed extends LockedPackage {
  readonly licence: string;
  /** Index into the texts; null where the package brings none. */
  readonly text: number | null;
}

/** Line ends and trailing spaces differ between copies of the same text. */
function readable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .trim();
}

/** The package's own licence and notice files, joined; null where it has none. @throws Error where it is not installed. */
function licenceText(folder: string): string | null {
  if (!existsSync(folder)) throw new Error(`${folder} is not installed: run npm ci`);
  const files = readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying|notice)([.-].*)?$/i.test(name))
    .sort();
  const texts = files.map((name) => readable(readFileSync(join(folder, name), 'utf8'))).filter(Boolean);
  return texts.length === 0 ? null : texts.join('\n\n');
}

/** @throws Error that names the package whose licence the product cannot carry. */
export function notices(): string {
  const texts: string[] = [];
  const indexOf = (text: string): number => {
    const found = texts.indexOf(text);
    return found >= 0 ? found : texts.push(text) - 1;
  };
  const packages = productionClosure(readFileSync(join(appRoot, 'package-lock.json'), 'utf8')).map(
    (each): Noticed => {
      // Only the one for this machine is installed; all of them carry the licence of what wants them.
      const text = licenceText(join(appRoot, each.platformOf ?? each.path));
      const declared = each.licence ?? readByHand.get(`${each.name} ${each.version}`) ?? null;
      const licence = chooseLicence(declared);
      if (licence === null) {
        throw new Error(
          `${each.name} ${each.version} is under ${declared ?? 'no licence'}: it cannot be carried.`,
        );
      }
      return { ...each, licence, text: text === null ? null : indexOf(text) };
    },
  );
  const rows = packages.map(
    ({ name, version, licence, text }) =>
      `| ${name} | ${version} | ${licence} | ${text === null ? '' : `[${text + 1}](#text-${text + 1})`} |`,
  );
  return `# Third-party notices

Lanewright is under Apache-2.0 (\`LICENSE\`). It carries the packages below, each under its own licence.
This file is made by \`npm run notices\` from \`package-lock.json\` and the packages themselves.

| package | version | licence | text |
| --- | --- | --- | --- |
${rows.join('\n')}

${contents}

${texts.map((text, index) => `## Text ${index + 1}\n\n\`\`\`text\n${text}\n\`\`\`\n`).join('\n')}`;
}

if (import.meta.main) {
  const made = notices();
  if (!process.argv.includes('--check')) {
    writeFileSync(target, made);
    console.log(`Wrote ${target}`);
  } else if (!existsSync(target) || readFileSync(target, 'utf8') !== made) {
    console.error('THIRD-PARTY-NOTICES.md is stale: run npm run notices');
    process.exitCode = 1;
  }
}
