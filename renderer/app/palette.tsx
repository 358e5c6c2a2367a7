import { useState } from 'react';
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Spotlight } from '@mantine/spotlight';
import type { SpotlightActionData, SpotlightActionGroupData } from '@mantine/spotlight';
import {
  IconBarcode,
  IconBinaryTree,
  IconBuilding,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSun,
} from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { useText } from '../ui/messages.ts';
import { useSession } from '../ui/session.ts';
import type { Workspace } from './workspaces.ts';

/** The command palette: everything that can be done from anywhere; what is typed can be a code as well. */
export function Palette({
  workspaces,
  onHelp,
  onCode,
}: {
  readonly workspaces: readonly Workspace[];
  readonly onHelp: () => void;
  readonly onCode: (code: string) => void;
}) {
  const text = useText();
  const session = useSession();
  const [, navigate] = useLocation();
  const [query, setQuery] = useState('');
  const { setColorScheme } = useMantineColorScheme();
  const next = useComputedColorScheme('light') === 'dark' ? 'light' : 'dark';
  const code = query.trim();

  const go: SpotlightActionData[] = workspaces.map((workspace) => ({
    id: `go ${workspace.id}`,
    label: text('app.palette.go', { workspace: text(`app.workspace.${workspace.id}`) }),
    keywords: workspace.id,
    leftSection: <workspace.icon aria-hidden size={20} stroke={1.6} />,
    rightSection: <kbd className="lw-palette-keys">g {workspace.key}</kbd>,
    onClick: () => navigate(`/${workspace.id}`),
  }));
  const plants: SpotlightActionData[] = session.identity.plants
    .filter((plant) => plant.id !== session.plant.id)
    .map((plant) => ({
      id: `plant ${plant.id}`,
      label: text('app.palette.plant', { plant: plant.name }),
      keywords: ['plant', plant.code],
      leftSection: <IconBuilding aria-hidden size={20} stroke={1.6} />,
      onClick: () => session.choosePlant(plant.id),
    }));
  const actions: SpotlightActionData[] = [
    {
      id: 'scheme',
      label: text(`app.scheme.${next}`),
      keywords: ['light', 'dark'],
      leftSection: next === 'dark' ? <IconMoon aria-hidden size={20} /> : <IconSun aria-hidden size={20} />,
      onClick: () => setColorScheme(next),
    },
    {
      id: 'help',
      label: text('app.help.title'),
      leftSection: <IconKeyboard aria-hidden size={20} stroke={1.6} />,
      rightSection: <kbd className="lw-palette-keys">?</kbd>,
      onClick: onHelp,
    },
    {
      id: 'sign-out',
      label: text('app.sign-out'),
      leftSection: <IconLogout aria-hidden size={20} stroke={1.6} />,
      onClick: session.signOut,
    },
  ];
  const codes: SpotlightActionData[] =
    code.length < 3
      ? []
      : [
          ...(session.may('production:report')
            ? [
                {
                  id: `scan ${code}`,
                  label: text('app.palette.scan', { code }),
                  leftSection: <IconBarcode aria-hidden size={20} stroke={1.6} />,
                  onClick: () => onCode(code),
                },
              ]
            : []),
          ...(session.may('trace:read')
            ? [
                {
                  id: `trace ${code}`,
                  label: text('app.palette.trace', { code }),
                  leftSection: <IconBinaryTree aria-hidden size={20} stroke={1.6} />,
                  onClick: () => navigate(`/genealogy/${encodeURIComponent(code)}`),
                },
              ]
            : []),
        ];
  const groups: SpotlightActionGroupData[] = [
    { group: text('app.palette.group.go'), actions: go },
    { group: text('app.palette.group.plants'), actions: plants },
    { group: text('app.palette.group.actions'), actions },
    { group: text('app.palette.group.codes'), actions: codes },
  ].filter((group) => group.actions.length > 0);

  return (
    <Spotlight
      actions={groups}
      query={query}
      onQueryChange={setQuery}
      shortcut={['mod + K']}
      attributes={{ content: { 'aria-label': text('app.palette.title') } }}
      nothingFound={text('app.palette.nothing')}
      scrollable
      maxHeight={440}
      searchProps={{
        leftSection: <IconSearch aria-hidden size={18} />,
        placeholder: text('app.palette.placeholder'),
        'aria-label': text('app.palette.placeholder'),
      }}
    />
  );
}
