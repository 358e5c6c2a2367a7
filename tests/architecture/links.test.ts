/** Links inside the documentation lead somewhere: to a file, and to a heading that is in it. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const pages = globSync(
  ['*.md', 'docs/**/*.md', '{domain,electron,main,native,preload,renderer,resources,scripts,tests}/**/*.md'],
  {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  },
)
  .filter((file) => file !== 'THIRD-PARTY-NOTICES.md')
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

/** Without what is shown as code, where brackets mean something else. */
const prose = (text: string) =>
  text.replaceAll(/^```[^]*?^```/gm, '').replaceAll(/(?<!\[)`[^`\n]*`(?!\])/g, '');

/** Anchors as GitHub makes them of headings. */
function anchors(text: string): ReadonlySet<string> {
  const made = new Set<string>();
  for (const [, heading = ''] of text.replaceAll(/^```[^]*?^```/gm, '').matchAll(/^#{1,6} +(.+)$/gm)) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let again = 1; made.has(anchor); again++) anchor = `${slug}-${again}`;
    made.add(anchor);
  }
  return made;
}

const links = pages.flatMap(({ file, text }) =>
  [...prose(text).matchAll(/\[[^\]\n]*(?:\n[^\]\n]*)?\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => ({ file, target: decodeURI(target) }))
    .filter(({ target }) => !/^[a-z]+:/.test(target)),
);

test('every link inside the documentation leads somewhere', () => {
  expect(links.length).toBeGreaterThan(100);
  const anchorsOf = new Map<string, ReadonlySet<string>>();
  const broken = links.filter(({ file, target }) => {
    const [path = '', anchor] = target.split('#');
    const full = path === '' ? join(root, file) : resolve(root, dirname(file), path);
    if (relative(root, full).startsWith('..') || !existsSync(full)) return true;
    if (anchor === undefined || !full.endsWith('.md')) return false;
    if (!anchorsOf.has(full)) anchorsOf.set(full, anchors(readFileSync(full, 'utf8')));
    return !anchorsOf.get(full)?.has(anchor);
  });
  expect(broken.map(({ file, target }) => `${file}: ${target}`)).toEqual([]);
});
