/** What was recorded, searchable and to take away. */
import './records.css';
import { useMemo, useState } from 'react';
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { useDebouncedValue } from '@mantine/hooks';
import type { ColDef } from 'ag-grid-community';
import { useIntl } from 'react-intl';
import { useLocation, useRoute } from 'wouter';
import { recordKinds } from '#contract/records';
import type { RecordKind, RecordRow } from '#contract/records';
import { useCoreQuery } from '../../client/hooks.ts';
import { EmptyState, Loading, WorkspaceHead } from '../../ui/blocks.tsx';
import { DataGrid } from '../../ui/data-grid.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { textOfKey, useText } from '../../ui/messages.ts';
import { useSession } from '../../ui/session.ts';
import { toCsv } from './csv.ts';

const mostRows = 10_000;

export function Records() {
  const text = useText();
  const intl = useIntl();
  const { plant } = useSession();
  const [, navigate] = useLocation();
  const [, parameters] = useRoute('/records/:kind');
  const kind = recordKinds.find((each) => each === parameters?.kind) ?? 'production';
  const [search, setSearch] = useState('');
  const [sought] = useDebouncedValue(search.trim(), 250);
  const records = useCoreQuery(
    'records.list',
    { plantId: plant.id, kind, text: sought, limit: mostRows },
    { keep: true },
  );
  const columns = useColumns(kind);
  const rows = records.data?.rows;

  const download = () => {
    if (!rows) return;
    const header = columns.map((column) => column.headerName ?? '');
    const body = rows.map((row) => [
      new Date(row.at).toISOString(),
      ...columns.slice(1).map((column) => (column.field ? row[column.field as keyof RecordRow] : null)),
    ]);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([toCsv([header, ...body])], { type: 'text/csv;charset=utf-8' }));
    link.download = `${plant.code}-${kind}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  return (
    <>
      <WorkspaceHead title={text('app.workspace.records')}>
        <SegmentedControl
          aria-label={text('records.kind')}
          value={kind}
          onChange={(value) => {
            setSearch('');
            navigate(`/records/${value}`);
          }}
          data={recordKinds.map((value) => ({ value, label: text(`records.kind.${value}`) }))}
        />
        <TextInput
          aria-label={text('records.search')}
          placeholder={text('records.search')}
          leftSection={<IconSearch aria-hidden size={16} />}
          value={search}
          maxLength={100}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Button
          variant="default"
          leftSection={<IconDownload aria-hidden size={16} />}
          disabled={!rows || rows.length === 0}
          onClick={download}
        >
          {text('records.export')}
        </Button>
      </WorkspaceHead>
      <div className="records">
        {records.error && <ErrorNotice error={records.error} onRetry={() => records.refetch()} />}
        {records.isPending && <Loading rows={12} height={30} />}
        {rows && rows.length === 0 && (
          <EmptyState title={text(sought ? 'records.none-found' : 'records.none')}>
            {text(sought ? 'records.none-found-detail' : 'records.none-detail')}
          </EmptyState>
        )}
        {rows && rows.length > 0 && (
          <>
            <output className="lw-dim">
              {(records.data?.total ?? 0) > rows.length
                ? text('records.cut', { shown: rows.length, total: records.data?.total ?? 0 })
                : text('records.count', { count: rows.length })}
            </output>
            <DataGrid<RecordRow>
              label={text(`records.kind.${kind}`)}
              rowData={[...rows]}
              columnDefs={columns}
              getRowId={({ data }) => data.id}
            />
          </>
        )}
      </div>
    </>
  );

  function useColumns(of: RecordKind): ColDef<RecordRow>[] {
    return useMemo<ColDef<RecordRow>[]>(() => {
      const hidden: Readonly<Record<RecordKind, readonly (keyof RecordRow)[]>> = {
        production: ['judgement'],
        measurements: [],
        labels: ['value', 'unit', 'judgement', 'lane'],
        downtime: ['material', 'person', 'judgement'],
      };
      const all: ColDef<RecordRow>[] = [
        {
          field: 'at',
          headerName: text('records.at'),
          width: 170,
          sort: 'desc',
          valueFormatter: ({ value }) =>
            `${intl.formatDate(Number(value), { format: 'short' })} ${intl.formatTime(Number(value), { format: 'medium' })}`,
        },
        {
          field: 'what',
          headerName: text('records.what'),
          minWidth: 150,
          flex: 1,
          // What was measured or stood still has a name; what was done has a code.
          valueFormatter: ({ value }) =>
            textOfKey(intl, `records.what.${String(value)}`, {}, [], 'app.as-is', String(value)),
        },
        { field: 'subject', headerName: text('records.subject'), minWidth: 150, flex: 1 },
        { field: 'material', headerName: text('records.material'), minWidth: 160, flex: 1 },
        { field: 'lane', headerName: text('records.lane'), width: 130 },
        {
          field: 'value',
          headerName: text('records.value'),
          width: 110,
          type: 'numericColumn',
          valueFormatter: ({ value }) =>
            value === null || value === undefined
              ? ''
              : intl.formatNumber(Number(value), { maximumFractionDigits: 6 }),
        },
        { field: 'unit', headerName: text('records.unit'), width: 80 },
        {
          field: 'judgement',
          headerName: text('records.judgement'),
          width: 120,
          valueFormatter: ({ data }) => (data?.judgement ? text(`records.${data.judgement}`) : ''),
          cellClassRules: { 'records-outside': ({ value }) => value === 'outside' },
        },
        { field: 'person', headerName: text('records.person'), width: 150 },
        { field: 'note', headerName: text('records.note'), minWidth: 150, flex: 1 },
      ];
      return all.filter((column) => !hidden[of].some((field) => field === column.field));
      // oxlint-disable-next-line react-hooks/exhaustive-deps -- texts and formats follow the language and the zone only.
    }, [of, intl]);
  }
}
