/** Mermaid diagrams of a context: its tables with their keys, and the relations between them. */
import { ownColumns, shortName } from './model.ts';
import type { Key, Table } from './model.ts';

/** Contexts that one diagram would not show readably, by subject; the last one takes what is left. */
const subjects: Readonly<Record<string, readonly (readonly [title: string, tables: RegExp])[]>> = {
  production: [
    ['Lanes, shifts and people', /^(lane|lanes$|setup|shift|closure|manpower|daily_work)/],
    ['Orders and plans', /./],
  ],
  quality: [
    ['Plans, inspections and measurements', /^(inspection|characteristic|sampling|measurement)/],
    ['Defects and vision', /^(defect|artifact|inference|vision|training)/],
    ['Nonconformance and scrap', /./],
  ],
  analytics: [
    ['Reports and how rollups are kept', /^(report|dashboard|data_check|rollup|source|dirty)/],
    ['Figures', /./],
  ],
};

const mostEntities = 20;

export interface Diagram {
  readonly title: string;
  readonly text: string;
}

/** @param tables of one context. @returns one diagram, or one a subject. */
export function diagramsOf(context: string, tables: readonly Table[]): readonly Diagram[] {
  const declared = subjects[context];
  if (!declared) {
    return parts(tables).map((part, index, all) => ({
      title: all.length === 1 ? 'Diagram' : `Diagram ${index + 1}`,
      text: diagram(context, part, tables),
    }));
  }
  const bySubject = Map.groupBy(
    tables,
    ({ name }) => declared.find(([, pattern]) => pattern.test(shortName(name)))?.[0] ?? '',
  );
  return declared.flatMap(([title]) => {
    const part = bySubject.get(title);
    return part ? [{ title, text: diagram(context, part, tables) }] : [];
  });
}

/** Until somebody names subjects for a context that grew. */
function parts(tables: readonly Table[]): readonly (readonly Table[])[] {
  const count = Math.ceil(tables.length / mostEntities);
  const size = Math.ceil(tables.length / count);
  return Array.from({ length: count }, (_, index) => tables.slice(index * size, (index + 1) * size));
}

function diagram(context: string, part: readonly Table[], all: readonly Table[]): string {
  const inside = new Set(all.map(({ name }) => name));
  const shown = new Set(part.map(({ name }) => name));
  const relations = all.flatMap((table) =>
    table.keys
      .filter(({ kind, target }) => kind === 'foreign' && target !== null && inside.has(target))
      .filter(({ target }) => shown.has(table.name) || shown.has(target ?? ''))
      .map((key) => relation(context, table, key)),
  );
  return [
    'erDiagram',
    ...part.map((table) => entity(context, table)),
    ...new Set(relations.filter(Boolean)),
  ].join('\n');
}

/** Every key of a tenant table begins with its organization: only where organizations are drawn it says something. */
const drawnColumns = (context: string, key: Key) => (context === 'org' ? key.columns : ownColumns(key));

function entity(context: string, table: Table): string {
  const marks = new Map<string, Set<string>>();
  const marked = { primary: 'PK', foreign: 'FK', unique: 'UK' } as const;
  for (const key of table.keys) {
    for (const column of drawnColumns(context, key)) {
      marks.set(column, (marks.get(column) ?? new Set()).add(marked[key.kind]));
    }
  }
  const lines = table.columns.flatMap(({ column, declared }) => {
    const own = marks.get(column);
    if (!own) return [];
    const keys = Object.values(marked).filter((mark) => own.has(mark));
    return [`    ${mermaidType(declared)} ${column} ${keys.join(', ')}`];
  });
  const name = shortName(table.name);
  return lines.length === 0 ? `  ${name}` : `  ${name} {\n${lines.join('\n')}\n  }`;
}

function mermaidType(declared: string): string {
  return declared
    .replace('timestamp with time zone', 'timestamptz')
    .replace('double precision', 'double')
    .replaceAll(/[^\w[\]]+/g, '_')
    .replace(/_$/, '');
}

function relation(context: string, table: Table, key: Key): string {
  const columns = drawnColumns(context, key);
  // A key of the organization alone says where a row belongs, which all do.
  if (columns.length === 0) return '';
  const optional = table.columns.some(({ column, nullable }) => nullable && key.columns.includes(column));
  const own = new Set(key.columns);
  const single = table.keys.some(
    ({ kind, columns: unique }) => kind !== 'foreign' && unique.every((column) => own.has(column)),
  );
  const label = ownColumns(key).join(', ') || 'organization_id';
  const [parent, child] = [optional ? '|o' : '||', single ? 'o|' : 'o{'];
  return `  ${shortName(key.target ?? '')} ${parent}--${child} ${shortName(table.name)} : "${label}"`;
}
