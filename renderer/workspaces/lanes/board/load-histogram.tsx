import { useCallback, useMemo, useState, useSyncExternalStore, type ReactElement } from 'react';
import type { Lane } from '#domain/scheduling/types';
import { drawHistogram } from './draw/histogram.ts';
import type { BoardTheme } from './draw/theme.ts';
import { lanesIn, loadBuckets, ratioOf, summarize, type LoadScope } from './load-buckets.ts';
import type { BoardState, BoardStore } from './store.ts';
import type { TimeAxis } from './time-axis.ts';
import type { FormatMessage } from './tools/tool.ts';
import { usePicture, useRestedState, type PictureSize } from './use-picture.ts';
import styles from './board-below.module.css';

interface LoadHistogramProps {
  readonly store: BoardStore;
  readonly theme: BoardTheme;
  readonly axis: TimeAxis;
  readonly formatMessage: FormatMessage;
}

const shows = ({
  viewport,
  barsByLane,
  lanes,
  selectedId,
  ghost,
  metrics,
}: BoardState): readonly unknown[] => [viewport, barsByLane, lanes, selectedId, ghost?.laneId, metrics];
/** Periods over capacity that are named one by one. */
const mostNamed = 8;

/** What the chooser offers: the lane of the bar at hand, all lanes, or one area. */
type Choice = 'selected' | 'all' | `area ${string}`;

/** Load against capacity, below the board and in step with it: a column for each mark of the time axis. */
export function LoadHistogram({ store, theme, axis, formatMessage }: LoadHistogramProps): ReactElement {
  const [choice, setChoice] = useState<Choice>('all');
  const draw = useCallback(
    (context: CanvasRenderingContext2D, size: PictureSize) => {
      const { state } = store;
      const lanes = lanesIn(scopeOf(choice, store), state.lanes);
      const buckets = loadBuckets(lanes, state.barsByLane, state.viewport, axis);
      drawHistogram(context, size, { buckets, state, theme, locale: axis.locale });
    },
    [store, theme, axis, choice],
  );
  const canvas = usePicture(store, draw, shows);
  const lanes = useSyncExternalStore(store.subscribe, () => store.state.lanes);
  const areas = useMemo(() => [...new Set(lanes.map(({ area }) => area))], [lanes]);
  const label = useSummary(store, choice, axis, formatMessage);

  return (
    <div className={styles['load']}>
      <div className={styles['chooser']} style={{ flexBasis: store.state.metrics.labelWidth }}>
        <label>
          <span>{formatMessage({ id: 'board.load' })}</span>
          <select value={choice} onChange={(event) => setChoice(choiceOf(event.target.value))}>
            <option value="all">{formatMessage({ id: 'board.load.all' })}</option>
            <option value="selected">{formatMessage({ id: 'board.load.selected' })}</option>
            {areas.length > 1 &&
              areas.map((area) => (
                <option key={area} value={`area ${area}`}>
                  {area}
                </option>
              ))}
          </select>
        </label>
      </div>
      <canvas ref={canvas} className={styles['columns']} role="img" aria-label={label} />
    </div>
  );
}

function choiceOf(value: string): Choice {
  if (value.startsWith('area ')) return `area ${value.slice('area '.length)}`;
  return value === 'selected' ? 'selected' : 'all';
}

/** Without a bar at hand, its lane is all of them. */
function scopeOf(choice: Choice, { state, shown }: Pick<BoardStore, 'state' | 'shown'>): LoadScope {
  if (choice === 'all') return { kind: 'all' };
  if (choice !== 'selected') return { kind: 'area', area: choice.slice('area '.length) };
  const selected = state.selectedId === undefined ? undefined : shown(state.selectedId);
  const laneId = state.ghost?.laneId ?? selected?.placement?.laneId;
  return laneId === undefined ? { kind: 'all' } : { kind: 'lane', laneId };
}

/** The picture in words, once the view has come to rest. */
function useSummary(store: BoardStore, choice: Choice, axis: TimeAxis, formatMessage: FormatMessage): string {
  const state = useRestedState(store);
  return useMemo(() => {
    const scope = scopeOf(choice, { state, shown: store.shown });
    const lanes = lanesIn(scope, state.lanes);
    const buckets = loadBuckets(lanes, state.barsByLane, state.viewport, axis);
    const { average, highest, over } = summarize(buckets);
    const percent = new Intl.NumberFormat(axis.locale, { style: 'percent' });
    return formatMessage(
      { id: 'board.load.summary' },
      {
        scope: nameOf(scope, lanes, formatMessage),
        count: buckets.length,
        average: Number.isNaN(average) ? '–' : percent.format(average),
        highest: highest === undefined ? '–' : percent.format(ratioOf(highest)),
        over: over.length,
        when: over
          .slice(0, mostNamed)
          .map(({ startsAt }) => axis.formatDateTime(startsAt))
          .join('; '),
      },
    );
  }, [store, state, choice, axis, formatMessage]);
}

function nameOf(scope: LoadScope, lanes: readonly Lane[], formatMessage: FormatMessage): string {
  if (scope.kind === 'all') return formatMessage({ id: 'board.load.all' });
  return scope.kind === 'area' ? scope.area : (lanes[0]?.name ?? '');
}
