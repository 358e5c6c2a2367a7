/** What the pages about the data tell, read from the catalogue. */
import { contexts, readColumns } from '../catalogue.ts';
import type { Column, withCatalogue } from '../catalogue.ts';

type Catalogue = Parameters<Parameters<typeof withCatalogue>[1]>[0];

/** A row of app.table_rules, as far as it is put into words. */
export interface Rule {
  readonly scope: 'tenant' | 'shared' | 'doors' | 'plumbing' | 'custom';
  readonly plant_column: string | null;
  readonly plant_optional: boolean;
  readonly station_column: string | null;
  readonly owner_column: string | null;
  readonly read_permission: string;
  readonly write_permissions: readonly string[];
  readonly append_only: boolean;
  readonly delete_permissions: readonly string[];
  readonly delete_when: string | null;
  readonly audited: boolean;
  readonly feed_subject: string | null;
  readonly state_machine: string | null;
  readonly partition_by: 'month' | 'day' | null;
  /** As PostgreSQL writes an interval: `2 years`, `6 mons`. */
  readonly retention: string | null;
  readonly on_expiry: 'drop' | 'pack';
  readonly shared_by: string | null;
}

/** A policy that does not come from the rule. */
export interface Policy {
  readonly table: string;
  readonly name: string;
  /** What it is about: reading, or writing, or both. */
  readonly reads: boolean;
  readonly writes: boolean;
  /** Narrows what others open; otherwise it opens more. */
  readonly narrows: boolean;
}

export interface Key {
  readonly table: string;
  readonly kind: 'primary' | 'unique' | 'foreign';
  readonly columns: readonly string[];
  /** The table that a foreign key refers to. */
  readonly target: string | null;
}

export interface Table {
  readonly name: string;
  readonly context: string;
  readonly comment: string;
  readonly unlogged: boolean;
  /** null for tables that nobody declared. */
  readonly rule: Rule | null;
  readonly columns: readonly Column[];
  readonly keys: readonly Key[];
  readonly policies: readonly Policy[];
}

export interface View {
  readonly name: string;
  readonly context: string;
  readonly comment: string;
}

export interface Model {
  readonly tables: readonly Table[];
  readonly views: readonly View[];
}

interface Relation {
  readonly name: string;
  readonly context: string;
  readonly kind: string;
  readonly comment: string | null;
  readonly unlogged: boolean;
  readonly rule: Rule | null;
}

async function readRelations(catalogue: Catalogue): Promise<readonly Relation[]> {
  const { rows } = await catalogue.query<Relation>(
    `SELECT c.oid::regclass::text AS name, n.nspname AS context, c.relkind::text AS kind,
            obj_description(c.oid, 'pg_class') AS comment, c.relpersistence = 'u' AS unlogged,
            to_jsonb(r) || jsonb_build_object('retention', r.retention::text) AS rule
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN app.table_rules r ON r.target = c.oid
     WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
     ORDER BY array_position($1, n.nspname::text), c.relname COLLATE "C"`,
    [contexts],
  );
  return rows;
}

async function readKeys(catalogue: Catalogue): Promise<readonly Key[]> {
  const { rows } = await catalogue.query<Key>(
    `SELECT k.conrelid::regclass::text AS "table",
            CASE k.contype WHEN 'p' THEN 'primary' WHEN 'u' THEN 'unique' ELSE 'foreign' END AS kind,
            ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS c(number, place)
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number ORDER BY c.place) AS columns,
            CASE WHEN k.contype = 'f' THEN k.confrelid::regclass::text END AS target
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ANY ($1) AND k.contype IN ('p', 'u', 'f') AND k.conparentid = 0 AND NOT c.relispartition
     ORDER BY 1, 2, 3, 4`,
    [contexts],
  );
  return rows;
}

async function readPolicies(catalogue: Catalogue): Promise<readonly Policy[]> {
  const { rows } = await catalogue.query<Policy>(
    `SELECT p.polrelid::regclass::text AS "table", p.polname::text AS name, p.polcmd IN ('r', '*') AS reads,
            p.polcmd <> 'r' AS writes, NOT p.polpermissive AS narrows
     FROM pg_policy p JOIN app.table_rules r ON r.target = p.polrelid
     WHERE p.polname <> 'owner'
       AND NOT (r.scope = 'tenant' AND p.polname IN ('read', 'add', 'change', 'remove'))
       AND NOT (r.scope = 'shared' AND p.polname = 'read')
     ORDER BY p.polrelid::regclass::text COLLATE "C", p.polname`,
  );
  return rows;
}

export async function readModel(catalogue: Catalogue): Promise<Model> {
  const relations = await readRelations(catalogue);
  const columns = Map.groupBy(await readColumns(catalogue), ({ table }) => table);
  const keys = Map.groupBy(await readKeys(catalogue), ({ table }) => table);
  const policies = Map.groupBy(await readPolicies(catalogue), ({ table }) => table);
  const described = relations.map((relation) => ({ ...relation, comment: relation.comment ?? '' }));
  return {
    tables: described
      .filter(({ kind }) => kind !== 'v')
      .map((relation) => ({
        ...relation,
        columns: columns.get(relation.name) ?? [],
        keys: keys.get(relation.name) ?? [],
        policies: policies.get(relation.name) ?? [],
      })),
    views: described.filter(({ kind }) => kind === 'v'),
  };
}

/** Without its context: `org.plants` is `plants`. */
export function shortName(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

/** Columns of a key without the organization, with which every key begins. */
export function ownColumns(key: Key): readonly string[] {
  return key.columns.filter((column) => column !== 'organization_id');
}
