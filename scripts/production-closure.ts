/** What of package-lock.json the product itself needs. Pure. */

export interface LockedPackage {
  /** `node_modules/...`, from the project's folder. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** As the lock file has it; older packages name none there. */
  readonly licence: string | null;
  /** Path of the package that wants it, where it is made for one system only. */
  readonly platformOf: string | null;
}

interface Entry {
  readonly version?: string;
  readonly license?: string;
  readonly os?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Dependencies of dependencies, from the project's own on; those of other systems too, so that every
 * machine finds the same. Peers are not followed: what runs is named by the project itself. Resolved as Node does: the nearest `node_modules` upwards.
 * @param lock text of a lock file of version 3. @returns by name, then version.
 */
export function productionClosure(lock: string): readonly LockedPackage[] {
  const { packages } = JSON.parse(lock) as { readonly packages: Readonly<Record<string, Entry>> };
  const found = new Map<string, LockedPackage>();

  const resolve = (from: string, name: string): string | undefined => {
    // `node_modules/a/node_modules/b` looks in itself, then in `node_modules/a`, then at the root.
    const folders = from
      .split('/node_modules/')
      .map((_, depth, parts) => parts.slice(0, depth + 1).join('/node_modules/'));
    return [
      ...folders.toReversed().map((folder) => `${folder}/node_modules/${name}`),
      `node_modules/${name}`,
    ].find((path) => packages[path]);
  };
  const visit = (from: string): void => {
    const entry = packages[from];
    const wanted = [
      ...Object.keys(entry?.dependencies ?? {}),
      ...Object.keys(entry?.optionalDependencies ?? {}),
    ];
    for (const name of wanted) {
      const path = resolve(from, name);
      const locked = path === undefined ? undefined : packages[path];
      // Optional ones may be missing from the lock file altogether.
      if (path === undefined || locked === undefined || found.has(path)) continue;
      found.set(path, {
        path,
        name,
        version: locked.version ?? '',
        licence: locked.license ?? null,
        platformOf: locked.os ? from : null,
      });
      visit(path);
    }
  };
  visit('');
  const key = ({ name, version }: LockedPackage) => `${name} ${version}`;
  const unique = new Map([...found.values()].map((each) => [key(each), each]));
  return [...unique.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
