/**
 * Writes what docs/data.md and docs/data/ tell of the schema from the catalogue of a migrated database.
 * What people wrote outside of the markers stays. `--check` only compares and fails when a page is stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contexts, withCatalogue } from './catalogue.ts';
import { readModel } from './data-docs/model.ts';
import type { Model } from './data-docs/model.ts';
import { contextPage } from './data-docs/page.ts';
import type { Mapped } from './data-docs/page.ts';

const docs = join(import.meta.dirname, '../docs');
const begins = '<!-- made by npm run data-docs -->';
const ends = '<!-- end of what is made -->';

/** Puts the generated part between the markers; a text without them gets them at its end. */
function withGenerated(text: string, generated: string): string {
  const part = `${begins}\n\n${generated}\n\n${ends}`;
  const [from, to] = [text.indexOf(begins), text.indexOf(ends)];
  if (from < 0 || to < from) return `${text.trimEnd()}\n\n${part}\n`;
  return text.slice(0, from) + part + text.slice(to + ends.length);
}

/** What people wrote before the first marker, without the title. */
function introduction(text: string): string {
  const [before = ''] = text.split(begins);
  const paragraphs = before.split('\n\n').map((paragraph) => paragraph.replaceAll('\n', ' ').trim());
  return paragraphs.find((paragraph) => paragraph !== '' && !paragraph.startsWith('#')) ?? '';
}

/** Columns as wide as their widest cell, as the formatter has them. */
function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((row) => [...(row[index] ?? '')].length)),
  );
  const line = (cells: readonly string[], fill: string) =>
    `| ${widths.map((width, index) => (cells[index] ?? '').padEnd(width, fill)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head, ' '), line([], '-'), ...body.map((row) => line(row, ' '))].join('\n');
}

function index(model: Model, pages: ReadonlyMap<string, string>): string {
  const rows = contexts.map((context) => [
    `[${context}](data/${context}.md)`,
    String(model.tables.filter((table) => table.context === context).length),
    (introduction(pages.get(context) ?? '').split('. ')[0] ?? '').replace(/\.$/, ''),
  ]);
  return alignedTable([['context', 'tables', 'holds'], ...rows]);
}

/** Fields of a line of CSV (RFC 4180) without line breaks in them. */
function fields(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
}

function readMap(): readonly Mapped[] {
  const [, ...lines] = readFileSync(join(docs, 'schema-map.csv'), 'utf8').trim().split(/\r?\n/);
  return lines.map((line) => {
    const [document = '', object = '', target = '', note = ''] = fields(line);
    return { document: document.slice(0, 3), object, target, note };
  });
}

/** @param connectionString a migrated database. @returns the pages by their paths, as they should be. */
export async function dataDocs(connectionString: string): Promise<ReadonlyMap<string, string>> {
  const model = await withCatalogue(connectionString, readModel);
  const map = readMap();
  const read = (file: string, otherwise: string) =>
    existsSync(file) ? readFileSync(file, 'utf8') : otherwise;
  const fileOf = (context: string) => join(docs, `data/${context}.md`);
  const pages = new Map(
    contexts.map((context) => [
      context,
      withGenerated(read(fileOf(context), `# ${context}\n`), contextPage(context, model, map)),
    ]),
  );
  const main = join(docs, 'data.md');
  return new Map([
    [main, withGenerated(read(main, '# Data\n'), index(model, pages))],
    ...[...pages].map(([context, text]) => [fileOf(context), text] as const),
  ]);
}

if (import.meta.main) {
  const connectionString = process.env['DATABASE_URL'];
  if (!connectionString) throw new Error('Set DATABASE_URL to a migrated database.');
  for (const [file, text] of await dataDocs(connectionString)) {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    if (process.argv.includes('--check')) throw new Error(`${file} is stale: run npm run data-docs`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(file);
  }
}
