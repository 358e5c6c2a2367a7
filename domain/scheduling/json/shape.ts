import type { FaultRule, ProblemFault } from '../checker/fault.ts';

/** What a value of JSON has to look like. A key that ends in `?` may be left out, or be null. */
export type Shape =
  | 'text'
  | 'number'
  | 'boolean'
  | { readonly oneOf: readonly string[] }
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

/** Every place at which a value is not of a shape. */
export function faultsOfShape(value: unknown, shape: Shape, path: string): ProblemFault[] {
  const say = (rule: FaultRule, values: ProblemFault['values'] = {}): ProblemFault[] => [
    { rule, path, values },
  ];
  if (shape === 'text')
    return typeof value === 'string' && value !== '' ? [] : say('wrong-type', { wanted: 'text' });
  if (shape === 'number') return Number.isFinite(value) ? [] : say('wrong-type', { wanted: 'number' });
  if (shape === 'boolean') return typeof value === 'boolean' ? [] : say('wrong-type', { wanted: 'boolean' });
  if ('oneOf' in shape) {
    const fits = typeof value === 'string' && shape.oneOf.includes(value);
    return fits ? [] : say('not-one-of', { wanted: shape.oneOf.join(', ') });
  }
  if ('list' in shape) {
    if (!Array.isArray(value)) return say('wrong-type', { wanted: 'list' });
    return value.flatMap((item: unknown, at) => faultsOfShape(item, shape.list, `${path}[${at}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return say('wrong-type', { wanted: 'object' });
  const entries = new Map<string, unknown>(Object.entries(value));
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  const faults: ProblemFault[] = [];
  const names = new Set<string>();
  for (const [name, field] of Object.entries(shape.fields)) {
    const isOptional = name.endsWith('?');
    const key = isOptional ? name.slice(0, -1) : name;
    names.add(key);
    const item = entries.get(key);
    if (item !== undefined && !(isOptional && item === null))
      faults.push(...faultsOfShape(item, field, below(key)));
    else if (!isOptional) faults.push({ rule: 'missing-field', path: below(key), values: {} });
  }
  for (const key of entries.keys()) {
    if (!names.has(key)) faults.push({ rule: 'unknown-field', path: below(key), values: {} });
  }
  return faults;
}
