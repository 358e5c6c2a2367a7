/** What waits for a place, in a grid: grouped, searched, kept as views; dragged or carried onto the board. */
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import {
  IconChecklist,
  IconChevronDown,
  IconChevronRight,
  IconHandGrab,
  IconSearch,
} from '@tabler/icons-react';
import type { ColDef, GridApi, ICellRendererParams } from 'ag-grid-community';
import { useIntl } from 'react-intl';
import { plantWeekStart } from '#domain/calendars/shifts';
import type { BoardOperation, SetupFamily } from '#domain/scheduling/types';
import { EmptyState } from '../../../ui/blocks.tsx';
import { DataGrid } from '../../../ui/data-grid.tsx';
import { useText } from '../../../ui/messages.ts';
import { useDurationText, useInstantText } from '../../../ui/time.tsx';
import { SavedViews } from './saved-views.tsx';
import type { GridView } from './saved-views.tsx';
import { groupings, matches, rowsOf, waitingOf } from './unscheduled-rows.ts';
import type { Grouping, UnscheduledRow } from './unscheduled-rows.ts';

export function UnscheduledGrid({
  operations,
  families,
  readOnly,
  onOpen,
  onDragStart,
  onDragEnd,
  onCarry,
}: {
  readonly operations: readonly BoardOperation[];
  readonly families: readonly SetupFamily[];
  readonly readOnly: boolean;
  readonly onOpen: (operationId: string) => void;
  readonly onDragStart: (operation: BoardOperation) => void;
  readonly onDragEnd: () => void;
  /** Takes it into the hand: the board has the keyboard then. */
  readonly onCarry: (operation: BoardOperation) => void;
}) {
  const text = useText();
  const intl = useIntl();
  const duration = useDurationText();
  const instant = useInstantText();
  const [search, setSearch] = useState('');
  const [grouping, setGrouping] = useState<Grouping>('none');
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const sought = useDeferredValue(search.trim().toLocaleLowerCase());
  const grid = useRef<GridApi<UnscheduledRow>>(null);
  const waiting = useMemo(() => waitingOf(operations), [operations]);
  const found = useMemo(() => waiting.filter((each) => matches(each, sought)), [waiting, sought]);
  const familyNames = useMemo(() => new Map(families.map(({ id, name }) => [id, name])), [families]);
  const titleOf = useMemo(() => {
    const nobody = text('lanes.group.nothing');
    const titles: Record<Exclude<Grouping, 'none'>, (operation: BoardOperation) => string> = {
      material: ({ materialCode, materialName }) => `${materialCode} ${materialName}`,
      customer: ({ customer }) => customer ?? nobody,
      'work-order': ({ workOrderNumber }) => workOrderNumber,
      family: ({ familyId }) => familyNames.get(familyId ?? '') ?? nobody,
      'due-week': ({ dueAt }) =>
        text('lanes.group.week', {
          from: intl.formatDate(plantWeekStart(dueAt, intl.timeZone ?? 'UTC'), { format: 'day' }),
        }),
    };
    return grouping === 'none' ? null : titles[grouping];
  }, [grouping, familyNames, text, intl]);
  const rows = useMemo(() => rowsOf(found, titleOf, closed), [found, titleOf, closed]);

  // AG Grid starts the browser's own drag; only the window hears when it ends outside of the grid.
  useEffect(() => {
    window.addEventListener('dragend', onDragEnd);
    return () => window.removeEventListener('dragend', onDragEnd);
  }, [onDragEnd]);

  const columns = useMemo<ColDef<UnscheduledRow>[]>(() => {
    const of =
      <Value,>(read: (operation: BoardOperation) => Value) =>
      ({ data }: { readonly data: UnscheduledRow | undefined }) =>
        data?.kind === 'operation' ? read(data.operation) : undefined;
    return [
      {
        colId: 'code',
        headerName: text('lanes.dispatch.operation'),
        valueGetter: of(({ code }) => code),
        width: 150,
        pinned: 'left',
        dndSource: !readOnly,
        dndSourceOnRowDrag: ({ rowNode, dragEvent }) => {
          const row = rowNode.data;
          if (row?.kind !== 'operation') return;
          dragEvent.dataTransfer?.setData('text/plain', row.operation.code);
          onDragStart(row.operation);
        },
      },
      {
        colId: 'due',
        headerName: text('lanes.due-name'),
        valueGetter: of(({ dueAt }) => dueAt),
        valueFormatter: ({ value }) => (typeof value === 'number' ? instant(value) : ''),
        cellClassRules: { 'lanes-late': ({ value }) => typeof value === 'number' && value < Date.now() },
        width: 115,
      },
      {
        colId: 'name',
        headerName: text('lanes.dispatch.what'),
        valueGetter: of(({ name }) => name),
        width: 130,
      },
      {
        colId: 'material',
        headerName: text('lanes.material'),
        valueGetter: of(({ materialName }) => materialName),
        width: 150,
      },
      {
        colId: 'quantity',
        headerName: text('lanes.quantity'),
        valueGetter: of(({ quantity }) => quantity),
        valueFormatter: ({ value, data }) =>
          data?.kind === 'operation' ? `${intl.formatNumber(Number(value))} ${data.operation.unit}` : '',
        type: 'rightAligned',
        width: 95,
      },
      {
        colId: 'time',
        headerName: text('lanes.working-time'),
        valueGetter: of(({ durationS }) => durationS),
        valueFormatter: ({ value }) => (typeof value === 'number' ? duration(value * 1000) : ''),
        type: 'rightAligned',
        width: 100,
      },
      {
        colId: 'priority',
        headerName: text('lanes.priority'),
        valueGetter: of(({ priority }) => priority),
        type: 'rightAligned',
        width: 85,
      },
      {
        colId: 'customer',
        headerName: text('lanes.customer'),
        valueGetter: of(({ customer }) => customer ?? ''),
        width: 130,
      },
    ];
  }, [text, intl, duration, instant, readOnly, onDragStart]);

  const view = (): GridView => ({
    grouping,
    search,
    columns: (grid.current?.getColumnState() ?? []).map(({ colId, width, hide, sort, sortIndex }) => ({
      colId,
      width: width ?? null,
      hide: hide ?? false,
      sort: sort ?? null,
      sortIndex: sortIndex ?? null,
    })),
  });
  const use = (wanted: GridView) => {
    setGrouping(groupings.find((each) => each === wanted.grouping) ?? 'none');
    setSearch(wanted.search);
    grid.current?.applyColumnState({
      state: wanted.columns.map(({ width, ...column }) => (width === null ? column : { ...column, width })),
      applyOrder: true,
    });
  };
  const selected = () => {
    const [row] = grid.current?.getSelectedRows() ?? [];
    return row?.kind === 'operation' ? row.operation : undefined;
  };
  const fold = (title: string) =>
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(title)) next.add(title);
      return next;
    });

  return (
    <div className="lanes-waiting-grid">
      <div className="lanes-waiting-tools">
        <TextInput
          size="xs"
          aria-label={text('lanes.search')}
          placeholder={text('lanes.search')}
          leftSection={<IconSearch aria-hidden size={15} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          aria-label={text('lanes.group')}
          value={grouping}
          data={groupings.map((each) => ({ value: each, label: text(`lanes.group.${each}`) }))}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            setGrouping(groupings.find((each) => each === chosen) ?? 'none');
          }}
        />
        <SavedViews name="unscheduled" view={view} onUse={use} />
      </div>
      {found.length === 0 ? (
        <EmptyState
          icon={IconChecklist}
          title={text(waiting.length === 0 ? 'lanes.all-placed' : 'lanes.none-found')}
        >
          {text(waiting.length === 0 ? 'lanes.all-placed-detail' : 'lanes.none-found-detail')}
        </EmptyState>
      ) : (
        <DataGrid<UnscheduledRow>
          label={text('lanes.unscheduled')}
          rowData={[...rows]}
          columnDefs={columns}
          getRowId={({ data }) => data.id}
          rowSelection={{ mode: 'singleRow', checkboxes: false, enableClickSelection: true }}
          isFullWidthRow={({ rowNode }) => rowNode.data?.kind === 'group'}
          fullWidthCellRenderer={GroupHeader}
          fullWidthCellRendererParams={{ onFold: fold }}
          onGridReady={({ api }) => {
            grid.current = api;
          }}
          onRowDoubleClicked={({ data }) => data?.kind === 'operation' && onOpen(data.id)}
          onCellKeyDown={({ data, event }) => {
            if (data?.kind !== 'operation' || !(event instanceof KeyboardEvent)) return;
            if (event.key === 'Enter' && !readOnly) onCarry(data.operation);
            if (event.key.toLowerCase() === 'i') onOpen(data.id);
          }}
        />
      )}
      {!readOnly && found.length > 0 && (
        <footer>
          <span className="lw-dim">{text('lanes.waiting', { count: found.length })}</span>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconHandGrab aria-hidden size={15} />}
            onClick={() => {
              const operation = selected() ?? found[0];
              if (operation) onCarry(operation);
            }}
          >
            {text('lanes.place')}
          </Button>
        </footer>
      )}
    </div>
  );
}

function GroupHeader({
  data: row,
  onFold,
}: ICellRendererParams<UnscheduledRow> & { readonly onFold: (title: string) => void }) {
  const text = useText();
  const duration = useDurationText();
  if (row?.kind !== 'group') return null;
  const Icon = row.open ? IconChevronDown : IconChevronRight;
  return (
    // A row of a grid has cells and nothing else (WAI-ARIA, grid).
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the rows of AG Grid are no table.
    <div role="gridcell" tabIndex={-1} className="lanes-group-cell">
      <button
        type="button"
        className="lanes-group"
        aria-expanded={row.open}
        onClick={() => onFold(row.title)}
      >
        <Icon aria-hidden size={15} />
        <strong>{row.title}</strong>
        <span className="lw-dim">
          {text('lanes.group.sum', { count: row.count, time: duration(row.durationS * 1000) })}
        </span>
      </button>
    </div>
  );
}
