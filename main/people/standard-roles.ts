/** Roles that a new organization begins with. What it needs besides, it makes itself. */
export interface StandardRole {
  readonly code: string;
  readonly name: string;
  /** Null: every permission that the product knows. */
  readonly permissions: readonly string[] | null;
}

const looking = ['line:read', 'trace:read'];

export const standardRoles: readonly StandardRole[] = [
  { code: 'admin', name: 'Administrator', permissions: null },
  {
    code: 'planner',
    name: 'Planner',
    permissions: ['schedule:read', 'schedule:write', 'production:report', ...looking],
  },
  {
    code: 'inspector',
    name: 'Inspector',
    permissions: ['schedule:read', 'production:report', 'quality:record', ...looking],
  },
  { code: 'packer', name: 'Packer', permissions: ['packing:write', 'production:report', ...looking] },
  { code: 'operator', name: 'Operator', permissions: ['production:report', 'line:read'] },
  {
    code: 'station',
    name: 'Station',
    permissions: [
      'schedule:read',
      'production:report',
      'quality:record',
      'packing:write',
      'line:write',
      ...looking,
    ],
  },
];
