/** AG Grid in the house's clothes. Rows are virtual: ten thousand scroll as ten do. */
import { useMemo } from 'react';
import { AgGridReact } from 'ag-grid-react';
import type { AgGridReactProps } from 'ag-grid-react';
import { AllCommunityModule, ModuleRegistry, themeQuartz } from 'ag-grid-community';
import { useText } from './messages.ts';

ModuleRegistry.registerModules([AllCommunityModule]);

const theme = themeQuartz.withParams({
  fontFamily: 'inherit',
  fontSize: 13,
  headerFontSize: 12,
  headerFontWeight: 600,
  rowHeight: 34,
  headerHeight: 36,
  spacing: 6,
  backgroundColor: 'var(--lw-panel)',
  foregroundColor: 'var(--lw-ink)',
  textColor: 'var(--lw-ink)',
  headerTextColor: 'var(--lw-ink-2)',
  headerBackgroundColor: 'var(--lw-sunken)',
  borderColor: 'var(--lw-line)',
  rowHoverColor: 'var(--lw-hover)',
  selectedRowBackgroundColor: 'var(--lw-selected)',
  accentColor: 'var(--lw-accent)',
  oddRowBackgroundColor: 'var(--lw-panel)',
  wrapperBorderRadius: 6,
  columnBorder: false,
});

/** Hands the key to the browser. */
const leave = () => false;

export function DataGrid<Row>({ label, ...props }: AgGridReactProps<Row> & { readonly label: string }) {
  const text = useText();
  const defaultColDef = useMemo(() => ({ sortable: true, resizable: true, suppressMovable: false }), []);
  return (
    <section className="lw-grid" aria-label={label}>
      <AgGridReact<Row>
        theme={theme}
        animateRows={false}
        defaultColDef={defaultColDef}
        suppressCellFocus={false}
        // Tab leaves the grid, as it leaves a list: arrows go from cell to cell, else a thousand rows stand in the way.
        tabToNextCell={leave}
        tabToNextHeader={leave}
        localeText={{ noRowsToShow: text('app.grid.no-rows'), loadingOoo: text('app.loading') }}
        {...props}
      />
    </section>
  );
}
