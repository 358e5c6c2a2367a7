import './people.css';
import { useMemo, useState } from 'react';
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react';
import type { ColDef } from 'ag-grid-community';
import { useIntl } from 'react-intl';
import type { PasswordCode, PersonRow } from '#contract/people';
import { useCoreQuery } from '../../../client/hooks.ts';
import { EmptyState, Loading } from '../../../ui/blocks.tsx';
import { DataGrid } from '../../../ui/data-grid.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { useText } from '../../../ui/messages.ts';
import { useSession } from '../../../ui/session.ts';
import { useInstantText } from '../../../ui/time.tsx';
import { CodeDialog } from './code-dialog.tsx';
import { KeyNotice } from './key-notice.tsx';
import { PersonDrawer } from './person-drawer.tsx';
import { PersonBadge, personState } from './person-badge.tsx';

const shownChoices = ['active', 'inactive', 'all'] as const;
type Shown = (typeof shownChoices)[number];

/** Who works in the organization, and what they may do. */
export function People() {
  const text = useText();
  const { may } = useSession();
  const [search, setSearch] = useState('');
  const [sought] = useDebouncedValue(search.trim(), 250);
  const [shown, setShown] = useState<Shown>('active');
  const [open, setOpen] = useState<string | 'new' | null>(null);
  const [code, setCode] = useState<{ readonly name: string; readonly code: PasswordCode } | null>(null);
  const list = useCoreQuery('people.list', { text: sought }, { keep: true, staleMs: 0 });
  const columns = useColumns();
  const all = list.data?.people;
  const rows = useMemo(
    () => all?.filter(({ active }) => shown === 'all' || active === (shown === 'active')),
    [all, shown],
  );
  return (
    <div className="admin-logs">
      <div className="admin-bar people-bar">
        <SegmentedControl
          aria-label={text('people.shown')}
          value={shown}
          onChange={(value) => setShown(shownChoices.find((each) => each === value) ?? 'active')}
          data={shownChoices.map((value) => ({ value, label: text(`people.shown.${value}`) }))}
        />
        <TextInput
          aria-label={text('people.search')}
          placeholder={text('people.search')}
          leftSection={<IconSearch aria-hidden size={16} />}
          value={search}
          maxLength={254}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {rows && <output className="lw-dim">{text('people.count', { count: rows.length })}</output>}
        {may('admin:write') && (
          <Button
            className="people-new"
            leftSection={<IconUserPlus aria-hidden size={16} />}
            onClick={() => setOpen('new')}
          >
            {text('people.new')}
          </Button>
        )}
      </div>
      {list.data?.problem && <KeyNotice problem={list.data.problem} />}
      {list.error && <ErrorNotice error={list.error} onRetry={() => list.refetch()} />}
      {list.isPending && <Loading rows={12} height={28} />}
      {rows?.length === 0 && (
        <EmptyState icon={IconUsers} title={text(sought ? 'people.none-found' : 'people.none')}>
          {sought && text('people.none-found-detail')}
        </EmptyState>
      )}
      {rows && rows.length > 0 && (
        <DataGrid<PersonRow>
          label={text('admin.tab.people')}
          rowData={rows}
          columnDefs={columns}
          getRowId={({ data }) => data.id}
          onRowClicked={({ data }) => data && setOpen(data.id)}
          onCellKeyDown={({ event, data }) => {
            if (event instanceof KeyboardEvent && event.key === 'Enter' && data) setOpen(data.id);
          }}
        />
      )}
      {open !== null && (
        <PersonDrawer
          id={open === 'new' ? null : open}
          onClose={() => setOpen(null)}
          onCode={(name, made) => setCode({ name, code: made })}
        />
      )}
      {code && <CodeDialog name={code.name} code={code.code} onClose={() => setCode(null)} />}
    </div>
  );
}

function useColumns(): ColDef<PersonRow>[] {
  const text = useText();
  const intl = useIntl();
  const instant = useInstantText();
  return useMemo<ColDef<PersonRow>[]>(
    () => [
      {
        field: 'displayName',
        headerName: text('people.name'),
        minWidth: 160,
        flex: 2,
        cellClass: 'people-name',
      },
      { field: 'login', headerName: text('people.login'), minWidth: 110, flex: 1 },
      {
        headerName: text('people.state'),
        width: 170,
        valueGetter: ({ data }) => (data ? text(`people.state.${personState(data)}`) : ''),
        cellClass: 'people-badge',
        cellRenderer: ({ data }: { data?: PersonRow }) => data && <PersonBadge person={data} />,
      },
      {
        headerName: text('people.roles'),
        minWidth: 150,
        flex: 2,
        valueGetter: ({ data }) =>
          intl.formatList(data?.roles.map(({ name }) => name) ?? [], { style: 'narrow' }),
      },
      {
        headerName: text('people.plants'),
        minWidth: 140,
        flex: 2,
        valueGetter: ({ data }) => data?.plants.map(({ code }) => code).join(', ') ?? '',
      },
      { field: 'employeeCode', headerName: text('people.employee-code'), width: 160 },
      {
        field: 'signedInAt',
        headerName: text('people.signed-in'),
        width: 140,
        valueFormatter: ({ value }) => (typeof value === 'number' ? instant(value) : text('people.never')),
      },
    ],
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- texts and formats follow the language and the zone only.
    [intl],
  );
}
