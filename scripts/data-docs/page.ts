/** The generated part of a context's page. */
import { diagramsOf } from './diagram.ts';
import { ownColumns, shortName } from './model.ts';
import type { Model, Table } from './model.ts';
import { keptInWords, readersInWords, writersInWords } from './words.ts';

/** A line of docs/schema-map.csv. */
export interface Mapped {
  /** Number of the document, as `000`. */
  readonly document: string;
  readonly object: string;
  readonly target: string;
  readonly note: string;
}

/** Text in a cell or a line, with nothing that Markdown would take for its own. */
export function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\|*[\]]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .trim();
}

/** Where GitHub puts the heading `schema.table`. */
export function linkTo(name: string, from: string, label = name): string {
  const context = name.slice(0, name.indexOf('.'));
  const page = context === from ? '' : `${context}.md`;
  return `[\`${label}\`](${page}#${name.replace('.', '')})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function diagrams(context: string, tables: readonly Table[]): readonly string[] {
  return diagramsOf(context, tables).map(
    ({ title, text }) => `## ${title}\n\n\`\`\`mermaid\n${text}\n\`\`\``,
  );
}

function relationsOutside(context: string, tables: readonly Table[]): readonly string[] {
  const outside = tables.flatMap(({ name, keys }) =>
    keys.flatMap((key) => {
      const columns = ownColumns(key);
      if (key.target === null || key.target.startsWith(`${context}.`) || columns.length === 0) return [];
      return [{ target: key.target, from: `\`${shortName(name)}.${columns.join(', ')}\`` }];
    }),
  );
  if (outside.length === 0) return [];
  const lines = [...Map.groupBy(outside, ({ target }) => target)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([target, all]) => `- ${linkTo(target, context)}: ${all.map(({ from }) => from).join(', ')}`);
  return [`## Relations to other contexts\n\n${lines.join('\n')}`];
}

function overview(context: string, tables: readonly Table[]): string {
  const rows = tables.map((one) => [
    linkTo(one.name, context, shortName(one.name)),
    plain(one.comment),
    readersInWords(one),
    writersInWords(one),
    keptInWords(one),
    one.rule?.audited ? 'yes' : '',
    one.rule?.feed_subject ? `\`${one.rule.feed_subject}\`` : '',
  ]);
  const head = ['table', 'holds', 'read by', 'written by', 'kept', 'audited', 'change feed'];
  return `## Tables\n\n${table(head, rows)}`;
}

function details(context: string, one: Table): string {
  const references = new Map(
    one.keys.flatMap((key) => {
      const column = ownColumns(key).at(-1);
      return key.kind === 'foreign' && key.target && column ? [[column, key.target]] : [];
    }),
  );
  const rows = one.columns.map(({ column, declared, nullable, comment }) => {
    const target = references.get(column);
    const refers = target ? `→ ${linkTo(target, context)}` : '';
    return [
      `\`${column}\``,
      declared.replace('timestamp with time zone', 'timestamptz'),
      nullable ? 'NULL' : '',
      [plain(comment ?? ''), refers].filter(Boolean).join(' '),
    ];
  });
  const machine = one.rule?.state_machine;
  return [
    `### \`${one.name}\``,
    ...(machine ? [`\`status\` moves as the machine \`${machine}\` allows; a trigger sees to it.`] : []),
    `<details>\n<summary>${one.columns.length} columns</summary>`,
    table(['column', 'type', 'null', 'meaning'], rows),
    '</details>',
  ].join('\n\n');
}

function views(context: string, model: Model): readonly string[] {
  const own = model.views.filter((view) => view.context === context);
  if (own.length === 0) return [];
  const rows = own.map(({ name, comment }) => [`\`${name}\``, plain(comment)]);
  return [`## Views\n\n${table(['view', 'shows'], rows)}`];
}

function documents(context: string, model: Model, map: readonly Mapped[]): readonly string[] {
  const own = map.filter(({ target }) => target.startsWith(`${context}.`));
  if (own.length === 0) return [];
  const tables = new Set(model.tables.map(({ name }) => name));
  const rows = own.map(({ document, object, target, note }) => [
    document,
    plain(object),
    tables.has(target) ? linkTo(target, context) : `\`${target}\``,
    plain(note),
  ]);
  return [`## In the documents\n\n${table(['document', 'object', 'here', 'note'], rows)}`];
}

/** @param map docs/schema-map.csv. */
export function contextPage(context: string, model: Model, map: readonly Mapped[]): string {
  const tables = model.tables.filter((one) => one.context === context);
  return [
    ...diagrams(context, tables),
    ...relationsOutside(context, tables),
    overview(context, tables),
    ...tables.map((one) => details(context, one)),
    ...views(context, model),
    ...documents(context, model, map),
  ].join('\n\n');
}
