import { useMemo, useState } from 'react';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconRefresh, IconSearch, IconX } from '@tabler/icons-react';
import type { ColDef } from 'ag-grid-community';
import { useIntl } from 'react-intl';
import type { LogLine } from '#contract/system';
import { useCoreQuery } from '../../client/hooks.ts';
import { EmptyState, Loading } from '../../ui/blocks.tsx';
import { DataGrid } from '../../ui/data-grid.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** The core's own log. A press on a correlation id follows one call from the click to the SQL. */
export function Logs() {
  const text = useText();
  const intl = useIntl();
  const [minLevel, setMinLevel] = useState<(typeof levels)[number]>('info');
  const [search, setSearch] = useState('');
  const [sought] = useDebouncedValue(search.trim(), 250);
  const logs = useCoreQuery(
    'system.logs',
    { minLevel, text: sought, limit: 2_000 },
    { keep: true, staleMs: 0 },
  );
  const columns = useMemo<ColDef<LogLine>[]>(
    () => [
      {
        field: 'at',
        headerName: text('admin.logs.at'),
        width: 140,
        valueFormatter: ({ value }) =>
          intl.formatTime(Number(value), {
            hour: '2-digit',
            minute: '2-digit',
            second: '2-digit',
            fractionalSecondDigits: 3,
            hourCycle: 'h23',
          }),
      },
      {
        field: 'level',
        headerName: text('admin.logs.level'),
        width: 95,
        cellClass: ({ value }) => `admin-level admin-level-${String(value)}`,
      },
      { field: 'room', headerName: text('admin.logs.room'), width: 130 },
      { field: 'message', headerName: text('admin.logs.message'), minWidth: 260, flex: 2 },
      {
        headerName: text('admin.logs.detail'),
        minWidth: 200,
        flex: 1,
        valueGetter: ({ data }) =>
          data && Object.keys(data.detail).length > 0 ? JSON.stringify(data.detail) : '',
        cellClass: 'admin-mono',
      },
      {
        field: 'correlationId',
        headerName: text('admin.logs.correlation'),
        width: 140,
        valueFormatter: ({ value }) => (typeof value === 'string' ? `…${value.slice(-10)}` : ''),
        cellClass: 'admin-mono admin-follow',
        onCellClicked: ({ value }) => {
          if (typeof value !== 'string') return;
          setSearch(value);
          setMinLevel('trace');
        },
      },
    ],
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- texts and formats follow the language and the zone only.
    [intl],
  );
  return (
    <div className="admin-logs">
      <div className="admin-bar">
        <NativeSelect
          aria-label={text('admin.logs.min-level')}
          value={minLevel}
          data={levels.map((value) => ({ value, label: text('admin.logs.from-level', { level: value }) }))}
          onChange={(event) =>
            setMinLevel(levels.find((each) => each === event.currentTarget.value) ?? 'info')
          }
        />
        <TextInput
          aria-label={text('admin.logs.search')}
          placeholder={text('admin.logs.search')}
          leftSection={<IconSearch aria-hidden size={16} />}
          value={search}
          maxLength={200}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {search && (
          <Button
            variant="default"
            leftSection={<IconX aria-hidden size={16} />}
            onClick={() => setSearch('')}
          >
            {text('admin.logs.clear')}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconRefresh aria-hidden size={16} />}
          loading={logs.isFetching}
          onClick={() => void logs.refetch()}
        >
          {text('admin.logs.refresh')}
        </Button>
      </div>
      {logs.error && <ErrorNotice error={logs.error} onRetry={() => logs.refetch()} />}
      {logs.isPending && <Loading rows={12} height={28} />}
      {logs.data?.length === 0 && <EmptyState title={text('admin.logs.none')} />}
      {logs.data && logs.data.length > 0 && (
        <DataGrid<LogLine>
          label={text('admin.tab.logs')}
          rowData={[...logs.data]}
          columnDefs={columns}
          onCellKeyDown={(event) => {
            const key = event.event instanceof KeyboardEvent ? event.event.key : '';
            const id = event.data?.correlationId;
            if (key !== 'Enter' || !id || !('column' in event) || event.column.getColId() !== 'correlationId')
              return;
            setSearch(id);
            setMinLevel('trace');
          }}
        />
      )}
    </div>
  );
}
