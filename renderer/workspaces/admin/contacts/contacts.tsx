import '../people/people.css';
import { useMemo, useState } from 'react';
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAddressBook, IconPlus, IconSearch } from '@tabler/icons-react';
import type { ColDef } from 'ag-grid-community';
import { useIntl } from 'react-intl';
import { partyKinds } from '#contract/contacts';
import type { PartyKind, PartyRow } from '#contract/contacts';
import { useCoreQuery } from '../../../client/hooks.ts';
import { EmptyState, Loading } from '../../../ui/blocks.tsx';
import { DataGrid } from '../../../ui/data-grid.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { useText } from '../../../ui/messages.ts';
import { KeyNotice } from '../people/key-notice.tsx';
import { PartyDrawer } from './party-drawer.tsx';
import { useMayKeep } from './use-may-keep.ts';

/** How customers, suppliers and those who ordered are reached. */
export function Contacts() {
  const text = useText();
  const mayKeep = useMayKeep();
  const [kind, setKind] = useState<PartyKind>('customer');
  const [search, setSearch] = useState('');
  const [sought] = useDebouncedValue(search.trim(), 250);
  const [open, setOpen] = useState<string | 'new' | null>(null);
  const list = useCoreQuery('contacts.list', { kind, text: sought }, { keep: true, staleMs: 0 });
  const columns = useColumns();
  const parties = list.data?.parties;
  return (
    <div className="admin-logs">
      <div className="admin-bar people-bar">
        <SegmentedControl
          aria-label={text('contacts.kind')}
          value={kind}
          onChange={(value) => setKind(partyKinds.find((each) => each === value) ?? 'customer')}
          data={partyKinds.map((value) => ({ value, label: text(`contacts.kind.${value}`) }))}
        />
        <TextInput
          aria-label={text('contacts.search')}
          placeholder={text('contacts.search')}
          leftSection={<IconSearch aria-hidden size={16} />}
          value={search}
          maxLength={500}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {parties && <output className="lw-dim">{text('contacts.count', { count: parties.length })}</output>}
        {kind !== 'order' && mayKeep(kind) && (
          <Button
            className="people-new"
            leftSection={<IconPlus aria-hidden size={16} />}
            onClick={() => setOpen('new')}
          >
            {text(`contacts.new.${kind}`)}
          </Button>
        )}
      </div>
      {list.data?.problem && <KeyNotice problem={list.data.problem} />}
      {list.error && <ErrorNotice error={list.error} onRetry={() => list.refetch()} />}
      {list.isPending && <Loading rows={12} height={28} />}
      {parties?.length === 0 && (
        <EmptyState
          icon={IconAddressBook}
          title={text(sought ? 'contacts.none-found' : `contacts.none.${kind}`)}
        >
          {sought ? text('contacts.none-found-detail') : text(`contacts.none-detail.${kind}`)}
        </EmptyState>
      )}
      {parties && parties.length > 0 && (
        <DataGrid<PartyRow>
          label={text(`contacts.kind.${kind}`)}
          rowData={[...parties]}
          columnDefs={columns}
          getRowId={({ data }) => data.id}
          onRowClicked={({ data }) => data && setOpen(data.id)}
          onCellKeyDown={({ event, data }) => {
            if (event instanceof KeyboardEvent && event.key === 'Enter' && data) setOpen(data.id);
          }}
        />
      )}
      {open !== null && (
        <PartyDrawer kind={kind} id={open === 'new' ? null : open} onClose={() => setOpen(null)} />
      )}
    </div>
  );
}

function useColumns(): ColDef<PartyRow>[] {
  const text = useText();
  const intl = useIntl();
  return useMemo<ColDef<PartyRow>[]>(() => {
    const known = ({ value }: { value?: unknown }) =>
      text(value === true ? 'contacts.on-file' : 'contacts.not-on-file');
    return [
      { field: 'name', headerName: text('contacts.name'), minWidth: 200, flex: 2, cellClass: 'people-name' },
      { field: 'code', headerName: text('contacts.code'), minWidth: 120, flex: 1 },
      { field: 'countryCode', headerName: text('contacts.country'), width: 110 },
      {
        field: 'hasEmail',
        headerName: text('people.email'),
        width: 120,
        cellDataType: false,
        valueFormatter: known,
      },
      {
        field: 'hasPhone',
        headerName: text('people.phone'),
        width: 120,
        cellDataType: false,
        valueFormatter: known,
      },
      {
        field: 'hasAddress',
        headerName: text('contacts.address'),
        width: 120,
        cellDataType: false,
        valueFormatter: known,
      },
      {
        field: 'active',
        headerName: text('people.state'),
        width: 110,
        cellDataType: false,
        valueFormatter: ({ value }) => text(value === true ? 'contacts.active' : 'contacts.inactive'),
      },
    ];
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- texts follow the language only.
  }, [intl]);
}
