import {
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactElement,
  type Ref,
} from 'react';
import type { BoardOperation, Lane } from '#domain/scheduling/types';
import { AccessibleGrid, cellIdOf } from './accessible-grid.tsx';
import { Bubble } from './bubble.tsx';
import { ContextMenu } from './context-menu.tsx';
import { describeOperation } from './describe.ts';
import { darkTheme, lightTheme, type BoardTheme } from './draw/theme.ts';
import type { BoardOwner } from './editor.ts';
import type { Box } from './hit-test.ts';
import { orderLanes, type Density } from './rows.ts';
import { createMountedBoard } from './mounted-board.ts';
import type { BoardState, BoardStore, Horizon } from './store.ts';
import { LoadHistogram } from './load-histogram.tsx';
import { Legend } from './legend.tsx';
import { MiniMap } from './mini-map.tsx';
import {
  boardImage,
  boardPages,
  type ImageInput,
  type ImageOptions,
  type PageOptions,
} from './board-image.ts';
import { emptyLayers, type BoardLayers } from './layers.ts';
import { createTimeAxis } from './time-axis.ts';
import below from './board-below.module.css';
import styles from './lane-board.module.css';

export interface LaneBoardHandle {
  fit(): void;
  goToNow(): void;
  /** Above 1 is closer. */
  zoomBy(factor: number): void;
  reveal(operationId: string): void;
  select(operationId: string | undefined): void;
  focus(): void;
  boundsOf(operationId: string): Box | undefined;
  /** From a `dragstart` or `pointerdown` of the unscheduled list; the board follows the pointer itself. */
  beginExternalDrag(operation: BoardOperation): void;
  endExternalDrag(): void;
  /** A PNG with title and legend, at twice the size of the screen. */
  toImage(options: ImageOptions): Promise<Blob>;
  /** The same on landscape pages, for print and PDF. */
  toPages(options: PageOptions): Promise<readonly Blob[]>;
  /** The same by keyboard: focus goes to the board, with the operation in the hand. */
  beginExternalCarry(operation: BoardOperation): void;
}

export interface LaneBoardProps extends BoardOwner {
  readonly lanes: readonly Lane[];
  /** Placed ones are drawn; unscheduled ones may be among them. */
  readonly operations: readonly BoardOperation[];
  /** IANA time zone of the plant: all times on the board are its. */
  readonly timeZone: string;
  readonly locale: string;
  readonly now: () => number;
  /** The planning horizon: how far the view may go. */
  readonly range: Horizon;
  readonly colorScheme: 'light' | 'dark';
  readonly theme?: BoardTheme | undefined;
  readonly density?: Density | undefined;
  readonly readOnly?: boolean | undefined;
  readonly conflict?: { readonly operationId: string; readonly message: string } | undefined;
  /** What is drawn besides lanes and bars; what is left out is empty. */
  readonly layers?: Partial<BoardLayers> | undefined;
  /** Ids of lanes, from top to bottom; lanes that it does not name follow. */
  readonly laneOrder?: readonly string[] | undefined;
  readonly showMiniMap?: boolean | undefined;
  /** Load against capacity under the board. */
  readonly showLoad?: boolean | undefined;
  readonly showLegend?: boolean | undefined;
  readonly ref?: Ref<LaneBoardHandle> | undefined;
}

const restMs = 450;
const settleMs = 120;

/** The lane board: a canvas that draws, a grid for assistive technology over it, and what is said beside. */
export function LaneBoard({
  lanes: givenLanes,
  operations,
  layers: givenLayers,
  laneOrder,
  showMiniMap = false,
  showLoad = false,
  showLegend = false,
  timeZone,
  locale,
  now,
  range,
  colorScheme,
  theme: ownTheme,
  density = 'comfortable',
  readOnly = false,
  conflict,
  ref,
  ...owner
}: LaneBoardProps): ReactElement {
  const { formatMessage } = owner;
  const theme = ownTheme ?? (colorScheme === 'dark' ? darkTheme : lightTheme);
  const axis = useMemo(() => createTimeAxis(timeZone, locale), [timeZone, locale]);
  const lanes = useMemo(() => orderLanes(givenLanes, laneOrder), [givenLanes, laneOrder]);
  const layers = useMemo(() => ({ ...emptyLayers, ...givenLayers }), [givenLayers]);
  const boardId = useId();
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const surface = useRef<HTMLDivElement>(null);
  const [spoken, setSpoken] = useState('');
  const nowLabel = formatMessage({ id: 'board.now' });
  const [board] = useState(() => createMountedBoard(owner, range, { theme, axis, now, nowLabel }));
  const { editor } = board;
  const { store } = editor;

  useLayoutEffect(() => {
    editor.setOwner({ onCopy: (text) => void navigator.clipboard.writeText(text), ...owner });
  });
  useLayoutEffect(() => board.setLook({ theme, axis, now, nowLabel }), [board, theme, axis, now, nowLabel]);
  useLayoutEffect(() => {
    store.update({ lanes, layers, horizon: range, density, readOnly, conflict });
  }, [store, lanes, layers, range, density, readOnly, conflict]);
  useLayoutEffect(() => store.setOperations(operations), [store, operations]);
  useLayoutEffect(() => {
    if (root.current === null || canvas.current === null || surface.current === null) return undefined;
    return board.mount({
      root: root.current,
      canvas: canvas.current,
      surface: surface.current,
      announce: setSpoken,
    });
  }, [board]);

  const imageInput = (): ImageInput => ({
    state: store.state,
    // On paper ink is dark and the ground is white.
    theme: colorScheme === 'dark' ? lightTheme : theme,
    axis,
    now: now(),
    nowLabel,
    formatMessage,
  });
  useImperativeHandle(ref, () => ({
    fit: editor.fit,
    goToNow: editor.goToNow,
    zoomBy: editor.zoomBy,
    reveal: editor.reveal,
    select: editor.select,
    focus: () => surface.current?.focus(),
    boundsOf: editor.boundsOf,
    beginExternalDrag: editor.beginExternalDrag,
    endExternalDrag: editor.endExternalDrag,
    beginExternalCarry(operation) {
      surface.current?.focus();
      editor.beginExternalCarry(operation);
    },
    toImage: (options) => boardImage(imageInput(), options),
    toPages: (options) => boardPages(imageInput(), options),
  }));

  const selectedId = useSyncExternalStore(store.subscribe, () => store.state.selectedId);
  const menu = useSyncExternalStore(store.subscribe, () => store.state.menu);
  const settled = useSettledState(store);
  const saying = useSaying(store);
  const laneNames = useMemo(() => new Map(lanes.map((lane) => [lane.id, lane.name])), [lanes]);
  // Four hundred cells are only rendered again when what they say or where they stand has changed.
  const grid = useMemo(() => {
    const describe = (operationId: string): string => {
      const operation = store.shown(operationId);
      const lane = laneNames.get(operation?.placement?.laneId ?? '') ?? '';
      return operation === undefined
        ? ''
        : describeOperation(operation, lane, axis, formatMessage, settled.layers.frozenUntil);
    };
    return <AccessibleGrid {...{ boardId, state: settled, editor, describe, formatMessage }} />;
  }, [boardId, settled, editor, store, laneNames, axis, formatMessage]);
  const activeCell =
    selectedId === undefined || store.shown(selectedId)?.placement === undefined ? undefined : selectedId;

  return (
    <div className={below['frame']} style={variablesOf(theme)} data-color-scheme={colorScheme}>
      <div className={below['room']}>
        <div ref={root} className={styles['board']}>
          <canvas ref={canvas} className={styles['canvas']} aria-hidden="true" />
          {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- rows stand where their bars stand, not in a table */}
          <div
            ref={surface}
            role="grid"
            tabIndex={0}
            className={styles['surface']}
            aria-label={formatMessage({ id: 'board.label' })}
            aria-describedby={`${boardId}-help`}
            aria-rowcount={settled.layout.rows.length}
            aria-readonly={readOnly}
            aria-multiselectable
            aria-keyshortcuts="Shift+F10 Control+Shift+F10 Delete L W F S J M Y"
            aria-activedescendant={activeCell === undefined ? undefined : cellIdOf(boardId, activeCell)}
          >
            {grid}
          </div>
          <div id={`${boardId}-help`} className={styles['hidden']}>
            {formatMessage({ id: readOnly ? 'board.instructions.read-only' : 'board.instructions' })}
          </div>
          <output aria-live="polite" className={styles['hidden']}>
            {spoken}
          </output>
          <Bubble
            store={store}
            state={saying.state}
            axis={axis}
            formatMessage={formatMessage}
            hasRested={saying.hasRested}
          />
          {lanes.length === 0 && (
            <div className={styles['empty']}>{formatMessage({ id: 'board.empty' })}</div>
          )}
        </div>
      </div>
      {/* Beside the board and not in it: the board cuts off what is larger than itself. */}
      {menu !== undefined && (
        <ContextMenu
          editor={editor}
          state={store.state}
          menu={menu}
          board={root}
          formatMessage={formatMessage}
          onClosed={() => surface.current?.focus()}
        />
      )}
      {showLoad && <LoadHistogram store={store} theme={theme} axis={axis} formatMessage={formatMessage} />}
      {showMiniMap && (
        <MiniMap
          store={store}
          theme={theme}
          axis={axis}
          now={now}
          formatMessage={formatMessage}
          onView={editor.view}
        />
      )}
      {showLegend && <Legend store={store} theme={theme} formatMessage={formatMessage} />}
    </div>
  );
}

/** The state of the board once it has stood still for a moment, or at once when the selection changes. */
function useSettledState(store: BoardStore): BoardState {
  const [settled, setSettled] = useState(store.state);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let seen: BoardState | undefined;
    const settle = (): void => {
      clearTimeout(timer);
      timer = undefined;
      seen = store.state;
      setSettled(seen);
    };
    const onChange = (): void => {
      const { state } = store;
      if (seen !== undefined && !differs(seen, state)) return;
      if (seen?.selectedId !== state.selectedId || seen?.selection !== state.selection) settle();
      else timer ??= setTimeout(settle, settleMs);
    };
    settle();
    const unsubscribe = store.subscribe(onChange);
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [store]);
  return settled;
}

function differs(a: BoardState, b: BoardState): boolean {
  return (
    a.viewport !== b.viewport ||
    a.layout !== b.layout ||
    a.barsByLane !== b.barsByLane ||
    a.selectedId !== b.selectedId ||
    a.selection !== b.selection
  );
}

/** What the bubble depends on; a hovered bar speaks only after the pointer has rested on it. */
function useSaying(store: BoardStore): { readonly state: BoardState; readonly hasRested: boolean } {
  const [shown, setShown] = useState({ state: store.state, hasRested: false });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let hoveredId: string | undefined;
    let rested = false;
    const isSilent = (state: BoardState): boolean =>
      state.ghost === undefined &&
      state.split === undefined &&
      state.notice === undefined &&
      state.conflict === undefined;
    let wasSilent = true;
    const onChange = (): void => {
      const { state } = store;
      if (state.hoveredId !== hoveredId) {
        clearTimeout(timer);
        ({ hoveredId } = state);
        rested = false;
        if (hoveredId !== undefined) {
          timer = setTimeout(() => {
            rested = true;
            setShown({ state: store.state, hasRested: true });
            wasSilent = false;
          }, restMs);
        }
      }
      // While nothing is said, panning and drawing must not re-render anything.
      const silent = isSilent(state) && !rested;
      if (silent && wasSilent) return;
      wasSilent = silent;
      setShown({ state, hasRested: rested });
    };
    const unsubscribe = store.subscribe(onChange);
    onChange();
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [store]);
  return shown;
}

function variablesOf(theme: BoardTheme): Record<`--board-${string}`, string> {
  return {
    '--board-focus': theme.selected,
    '--board-header': theme.areaHeader,
    '--board-head': theme.header,
    '--board-surface': theme.surface,
    '--board-text': theme.text,
    '--board-dim': theme.textDim,
    '--board-line': theme.frameLine,
    '--board-alert': theme.refused,
    '--board-selected': theme.selected,
    '--board-refused': theme.refused,
    '--board-conflict': theme.conflict,
    '--board-font': theme.fontFamily,
  };
}
