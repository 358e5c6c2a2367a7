/** The workspaces in the order of the side bar. Each is loaded when it is first opened. */
import { lazy } from 'react';
import type { ComponentType } from 'react';
import {
  IconBinaryTree,
  IconBuildingFactory2,
  IconClipboardCheck,
  IconLayoutRows,
  IconPackage,
  IconSettings,
  IconTable,
} from '@tabler/icons-react';
import type { Permission } from '#contract/procedures';

export const workspaceIds = [
  'lanes',
  'line',
  'stations',
  'genealogy',
  'packing',
  'records',
  'admin',
] as const;
export type WorkspaceId = (typeof workspaceIds)[number];

export interface Workspace {
  readonly id: WorkspaceId;
  /** Pressed after `g`. */
  readonly key: string;
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean; stroke?: number }>;
  /** Any of these opens it. */
  readonly permissions: readonly Permission[];
  readonly screen: ComponentType;
}

export const workspaces: readonly Workspace[] = [
  {
    id: 'lanes',
    key: 'l',
    icon: IconLayoutRows,
    permissions: ['schedule:read'],
    screen: lazy(() => import('../workspaces/lanes/lanes.tsx').then((m) => ({ default: m.Lanes }))),
  },
  {
    id: 'line',
    key: 'i',
    icon: IconBuildingFactory2,
    permissions: ['line:read'],
    screen: lazy(() => import('../workspaces/line/line.tsx').then((m) => ({ default: m.Line }))),
  },
  {
    id: 'stations',
    key: 's',
    icon: IconClipboardCheck,
    permissions: ['production:report'],
    screen: lazy(() => import('../workspaces/stations/stations.tsx').then((m) => ({ default: m.Stations }))),
  },
  {
    id: 'genealogy',
    key: 'e',
    icon: IconBinaryTree,
    permissions: ['trace:read'],
    screen: lazy(() =>
      import('../workspaces/genealogy/genealogy.tsx').then((m) => ({ default: m.Genealogy })),
    ),
  },
  {
    id: 'packing',
    key: 'p',
    icon: IconPackage,
    permissions: ['packing:write'],
    screen: lazy(() => import('../workspaces/packing/packing.tsx').then((m) => ({ default: m.Packing }))),
  },
  {
    id: 'records',
    key: 'r',
    icon: IconTable,
    permissions: ['line:read'],
    screen: lazy(() => import('../workspaces/records/records.tsx').then((m) => ({ default: m.Records }))),
  },
  {
    id: 'admin',
    key: 'a',
    icon: IconSettings,
    permissions: ['admin:read'],
    screen: lazy(() => import('../workspaces/admin/admin.tsx').then((m) => ({ default: m.Admin }))),
  },
];
