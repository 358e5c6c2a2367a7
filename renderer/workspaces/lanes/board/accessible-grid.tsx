/* oxlint-disable jsx-a11y/prefer-tag-over-role -- cells stand where their bars stand; a table would lay them out itself */
import type { ReactElement } from 'react';
import type { BoardEditor } from './editor.ts';
import { boxOf, slotOf, type Box } from './hit-test.ts';
import { firstVisible } from './lane-bars.ts';
import { rowsInView } from './draw/frame-parts.ts';
import type { LaneRow } from './rows.ts';
import type { BoardState } from './store.ts';
import type { FormatMessage } from './tools/tool.ts';
import { endOf } from './viewport.ts';
import styles from './lane-board.module.css';

/** Above this many the page would feel the elements; the rest is told as a number. */
const mostCells = 400;

export function cellIdOf(boardId: string, operationId: string): string {
  return `${boardId}-${operationId}`;
}

/**
 * The board for those who do not see the canvas, and for tests: a row a lane, a cell a bar, each
 * exactly over what it stands for, transparent. Pointer events fall through to the board below them.
 */
export function AccessibleGrid(props: {
  readonly boardId: string;
  readonly state: BoardState;
  readonly editor: BoardEditor;
  readonly describe: (operationId: string) => string;
  readonly formatMessage: FormatMessage;
}): ReactElement {
  const { boardId, state, editor, describe, formatMessage } = props;
  const { layout, selectedId, selection, viewport, metrics } = state;
  const { firstRow, afterRow } = rowsInView(state);
  const selectedLane =
    selectedId === undefined ? undefined : editor.store.shown(selectedId)?.placement?.laneId;
  let left = mostCells;
  const rows: ReactElement[] = [];
  for (const [index, row] of layout.rows.entries()) {
    const inView = index >= firstRow && index < afterRow;
    const holdsSelected = row.kind === 'lane' && row.lane.id === selectedLane;
    if (!inView && !holdsSelected) continue;
    const box = {
      x: 0,
      y: metrics.axisHeight + row.top - viewport.scrollY,
      width: metrics.labelWidth,
      height: row.height,
    };
    if (row.kind === 'area') {
      const { area, collapsed, laneCount } = row;
      rows.push(
        <div role="row" aria-rowindex={index + 1} key={`area ${area}`}>
          <div role="rowheader" className={styles['cell']} style={styleOf(clip(state, box))}>
            <button
              type="button"
              className={styles['area']}
              aria-expanded={!collapsed}
              // A pointer's click has already been handled by the board below.
              onClick={(event) => event.detail === 0 && editor.toggleArea(area)}
            >
              {formatMessage({ id: 'board.area' }, { area, count: laneCount })}
            </button>
          </div>
        </div>,
      );
      continue;
    }
    const cells = cellsOf(state, row, left);
    left -= cells.shown.length;
    const count = cells.shown.length + cells.more;
    rows.push(
      <div role="row" aria-rowindex={index + 1} key={row.lane.id}>
        <div role="rowheader" className={styles['cell']} style={styleOf(clip(state, box))}>
          {formatMessage({ id: 'board.lane' }, { lane: row.lane.name, count })}
        </div>
        {cells.shown.map(({ operationId, box: cellBox }) => (
          <div
            role="gridcell"
            key={operationId}
            id={cellIdOf(boardId, operationId)}
            className={styles['cell']}
            style={styleOf(clip(state, cellBox))}
            aria-selected={selection.has(operationId)}
          >
            {describe(operationId)}
          </div>
        ))}
        {cells.more > 0 && (
          <div role="gridcell" className={styles['aside']}>
            {formatMessage({ id: 'board.more' }, { count: cells.more })}
          </div>
        )}
      </div>,
    );
  }
  return <>{rows}</>;
}

interface Cells {
  readonly shown: readonly { readonly operationId: string; readonly box: Box }[];
  /** In view, but beyond what the page can carry. */
  readonly more: number;
}

function cellsOf(state: BoardState, row: LaneRow, room: number): Cells {
  const bars = state.barsByLane.get(row.lane.id);
  if (bars === undefined) return { shown: [], more: 0 };
  const shown: { operationId: string; box: Box }[] = [];
  let more = 0;
  const { viewport } = state;
  const end = endOf(viewport);
  const firstIndex = firstVisible(bars, viewport.startsAt);
  for (const [index, operation] of bars.operations.entries()) {
    const startsAt = bars.starts[index] ?? 0;
    const endsAt = bars.ends[index] ?? 0;
    const { operationId } = operation;
    // The selected one is always there: aria-activedescendant points at it.
    const isSelected = operationId === state.selectedId;
    if (!isSelected && (index < firstIndex || startsAt >= end || endsAt <= viewport.startsAt)) continue;
    if (!isSelected && shown.length >= room) more += 1;
    else shown.push({ operationId, box: boxOf(state, row, slotOf(bars, index, row), startsAt, endsAt) });
  }
  return { shown, more };
}

/** The part of a box that lies on the surface. */
function clip(state: BoardState, box: Box): Box {
  const leftEdge = box.x > 0 ? state.metrics.labelWidth : 0;
  const x = Math.min(Math.max(box.x, leftEdge), state.width - 1);
  const y = Math.min(Math.max(box.y, state.metrics.axisHeight), state.height - 1);
  return {
    x,
    y,
    width: Math.max(1, Math.min(box.x + box.width, state.width) - x),
    height: Math.max(1, Math.min(box.y + box.height, state.height) - y),
  };
}

function styleOf(box: Box) {
  return { left: box.x, top: box.y, width: box.width, height: box.height };
}
