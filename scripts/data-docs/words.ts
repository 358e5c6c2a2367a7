/** Rows of app.table_rules in plain words. What the words mean stands in docs/data.md. */
import type { Policy, Rule, Table } from './model.ts';

const code = (text: string) => `\`${text}\``;
const either = (names: readonly string[]) => names.map(code).join(' or ');

/** Whose rows they are, held against one of these permissions; none: everyone there. */
function people(rule: Rule, permissions: readonly string[]): string {
  const free = permissions.length === 0 || permissions.includes('*');
  const where =
    rule.plant_column === null
      ? 'the organization'
      : rule.plant_optional
        ? 'the plant, or the organization'
        : 'the plant';
  const all = free ? `everyone of ${where}` : `${either(permissions)} in ${where}`;
  const station = rule.station_column === null ? '' : ', at their stations';
  const owner = rule.owner_column === null ? '' : `, own rows only (${code(rule.owner_column)})`;
  return all + station + owner;
}

function besides(policies: readonly Policy[]): string {
  const named = (narrows: boolean) =>
    policies.filter((policy) => policy.narrows === narrows).map(({ name }) => name);
  const more = named(false);
  const less = named(true);
  return [
    more.length > 0 ? `; also by policy ${more.map(code).join(', ')}` : '',
    less.length > 0 ? `; narrowed by policy ${less.map(code).join(', ')}` : '',
  ].join('');
}

function scopeInWords(rule: Rule, policies: readonly Policy[]): string | null {
  if (rule.scope === 'plumbing') return 'the database itself';
  if (rule.scope === 'tenant' || rule.scope === 'shared') return null;
  const own = policies.length > 0 ? `policy ${policies.map(({ name }) => code(name)).join(', ')}` : '';
  if (rule.scope === 'custom') return own || 'its doors';
  return own ? `${own}; otherwise its doors` : 'its doors';
}

export function readersInWords({ rule, policies }: Table): string {
  if (!rule) return 'whoever was granted it';
  const own = policies.filter(({ reads }) => reads);
  if (rule.scope === 'shared') return 'whoever is signed in';
  const scoped = scopeInWords(rule, own);
  if (scoped !== null) return scoped;
  const readers = people(rule, rule.read_permission === '' ? [] : [rule.read_permission]);
  const partners = rule.shared_by === null ? '' : `; partners under a contract for ${code(rule.shared_by)}`;
  return readers + partners + besides(own);
}

export function writersInWords({ rule, policies }: Table): string {
  if (!rule) return 'the database itself';
  const own = policies.filter(({ writes }) => writes);
  if (rule.scope === 'shared') return 'migrations';
  const scoped = scopeInWords(rule, own);
  if (scoped !== null) return scoped;
  if (rule.write_permissions.length === 0 && rule.delete_permissions.length === 0) {
    return 'the database itself';
  }
  const writers =
    rule.write_permissions.length === 0 ? 'the database itself' : people(rule, rule.write_permissions);
  const condition = rule.delete_when === null ? '' : ` where ${code(rule.delete_when)}`;
  const deleters =
    rule.delete_permissions.length === 0 ? '' : `; deleted by ${either(rule.delete_permissions)}${condition}`;
  return `${rule.append_only ? 'added, never changed, by ' : ''}${writers}${deleters.replaceAll('`*`', 'the same')}${besides(own)}`;
}

/** How long rows are kept; empty where they stay until somebody deletes them. */
export function keptInWords({ rule, unlogged }: Table): string {
  if (!rule?.partition_by) return unlogged ? 'until a crash' : '';
  const age = rule.retention?.replace(/\bmon(s?)\b/, 'month$1');
  const end = age ? `${rule.on_expiry === 'pack' ? 'packed' : 'dropped'} after ${age}` : 'for ever';
  return `a partition a ${rule.partition_by}, ${end}`;
}
