import { useMemo } from 'react';
import type { ColDef } from 'ag-grid-community';
import { useIntl } from 'react-intl';
import type { Trace, TraceNode } from '#contract/genealogy';
import { DataGrid } from '../../ui/data-grid.tsx';
import { textOfKey, useText } from '../../ui/messages.ts';
import { useInstantText } from '../../ui/time.tsx';

/** The same trace as rows: for screen readers, for thousands, for sorting. */
export function TraceList({
  trace,
  onChoose,
}: {
  readonly trace: Trace;
  readonly onChoose: (nodeId: string) => void;
}) {
  const text = useText();
  const intl = useIntl();
  const instant = useInstantText();
  const rows = useMemo(() => [...trace.nodes].sort((a, b) => a.depth - b.depth), [trace]);
  const columns = useMemo<ColDef<TraceNode>[]>(
    () => [
      { field: 'depth', headerName: text('genealogy.step'), width: 90, type: 'numericColumn' },
      { field: 'code', headerName: text('genealogy.code-name'), minWidth: 190, flex: 1 },
      {
        field: 'kind',
        headerName: text('genealogy.kind'),
        width: 110,
        valueFormatter: ({ data }) => (data ? text(`genealogy.kind.${data.kind}`) : ''),
      },
      { field: 'materialName', headerName: text('genealogy.material'), minWidth: 180, flex: 1 },
      {
        field: 'status',
        headerName: text('genealogy.status'),
        width: 130,
        valueFormatter: ({ value }) =>
          textOfKey(intl, `genealogy.status.${String(value)}`, {}, [], 'app.as-is', String(value)),
      },
      {
        field: 'quantity',
        headerName: text('genealogy.quantity'),
        width: 130,
        type: 'numericColumn',
        valueFormatter: ({ data }) =>
          data && data.quantity !== null ? `${intl.formatNumber(data.quantity)} ${data.unit ?? ''}` : '',
      },
      { field: 'partner', headerName: text('genealogy.partner'), minWidth: 140, flex: 1 },
      {
        field: 'at',
        headerName: text('genealogy.at'),
        width: 150,
        valueFormatter: ({ data }) => (data && data.at !== null ? instant(data.at) : ''),
      },
    ],
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- texts and formats follow the language and the zone only.
    [intl],
  );
  return (
    <div className="genealogy-list">
      <DataGrid<TraceNode>
        label={text('genealogy.list')}
        rowData={rows}
        columnDefs={columns}
        getRowId={({ data }) => data.id}
        onCellFocused={({ rowIndex, api }) => {
          const row = rowIndex === null ? undefined : api.getDisplayedRowAtIndex(rowIndex)?.data;
          if (row) onChoose(row.id);
        }}
      />
    </div>
  );
}
