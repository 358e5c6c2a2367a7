/** Views of a grid under names of one's own: grouping, search, columns. They stay at this desk, by person. */
import { useState } from 'react';
import { ActionIcon, Menu } from '@mantine/core';
import { IconBookmark, IconTrash } from '@tabler/icons-react';
import { z } from 'zod';
import { useText } from '../../../ui/messages.ts';
import { useSession } from '../../../ui/session.ts';
import { NameDialog } from '../versions/name-dialog.tsx';

const gridView = z.object({
  grouping: z.string(),
  search: z.string(),
  columns: z.array(
    z.object({
      colId: z.string(),
      width: z.number().nullable(),
      hide: z.boolean(),
      sort: z.enum(['asc', 'desc']).nullable(),
      sortIndex: z.number().nullable(),
    }),
  ),
});
export type GridView = z.infer<typeof gridView>;
const savedViews = z.record(z.string(), gridView);

export function SavedViews({
  name,
  view,
  onUse,
}: {
  /** Of the grid. */
  readonly name: string;
  readonly view: () => GridView;
  readonly onUse: (view: GridView) => void;
}) {
  const text = useText();
  const { identity } = useSession();
  const place = `lanewright views ${name} ${identity.userId}`;
  const [views, setViews] = useState(() => read(place));
  const [naming, setNaming] = useState(false);
  const keep = (next: Record<string, GridView>) => {
    localStorage.setItem(place, JSON.stringify(next));
    setViews(next);
  };
  const names = Object.keys(views).toSorted();
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={text('lanes.views')}>
            <IconBookmark aria-hidden size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {names.length === 0 && <Menu.Label>{text('lanes.views.none')}</Menu.Label>}
          {names.map((each) => (
            <Menu.Item
              key={each}
              onClick={() => {
                const wanted = views[each];
                if (wanted) onUse(wanted);
              }}
            >
              {each}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setNaming(true)}>{text('lanes.views.save')}</Menu.Item>
          {names.map((each) => (
            <Menu.Item
              key={`delete ${each}`}
              leftSection={<IconTrash aria-hidden size={14} />}
              onClick={() => keep(Object.fromEntries(Object.entries(views).filter(([key]) => key !== each)))}
            >
              {text('lanes.views.delete', { name: each })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {naming && (
        <NameDialog
          title={text('lanes.views.save')}
          action={text('lanes.views.keep')}
          initial=""
          onClose={() => setNaming(false)}
          onName={(chosen) => {
            setNaming(false);
            keep({ ...views, [chosen]: view() });
          }}
        />
      )}
    </>
  );
}

/** What is not readable any more is left out: a view is a convenience. */
function read(place: string): Record<string, GridView> {
  try {
    return savedViews.parse(JSON.parse(localStorage.getItem(place) ?? '{}'));
  } catch {
    return {};
  }
}
