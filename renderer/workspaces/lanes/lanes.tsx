/** The planner's workspace: the schedule versions, the lane board, what waits beside it, and the bar at hand. */
import './lanes.css';
import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { CSSProperties } from 'react';
import { useComputedColorScheme } from '@mantine/core';
import { useIntl } from 'react-intl';
import type { ChangeName } from '#domain/undo/history';
import { Loading, WorkspaceHead } from '../../ui/blocks.tsx';
import { ErrorNotice, useErrorText } from '../../ui/error-notice.tsx';
import { locale, useText } from '../../ui/messages.ts';
import { useNotify } from '../../ui/notify.tsx';
import { useSession } from '../../ui/session.ts';
import { LaneBoard } from './board/lane-board.tsx';
import type { LaneBoardHandle } from './board/lane-board.tsx';
import { warmUpBoard } from './board/warm-up.ts';
import type { FormatMessage } from './board/tools/tool.ts';
import { boardLooks } from './board-look.ts';
import { BoardTools } from './board-tools.tsx';
import { BreakdownsDialog } from './breakdowns-dialog.tsx';
import { useStandingLanes, withAssumptions } from './breakdowns.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import { useBoardPictures } from './exports/use-board-pictures.ts';
import { foundOf } from './found-on-board.ts';
import { ProjectionNotice } from './projection-notice.tsx';
import { PromiseDialog } from './promise/promise-dialog.tsx';
import { DispatchPanel } from './side/dispatch-panel.tsx';
import { OperationPanel } from './side/operation-panel.tsx';
import { Side } from './side/side.tsx';
import type { SideTab } from './side/side.tsx';
import { UnscheduledGrid } from './side/unscheduled-grid.tsx';
import { SolvePanel } from './solve/solve-panel.tsx';
import { useSolve } from './solve/use-solve.ts';
import { useLayers } from './use-layers.ts';
import { usePlan } from './use-plan.ts';
import { usePresence } from './use-presence.ts';
import { useShownOperations } from './use-shown-operations.ts';
import { PublishDialog } from './versions/publish-dialog.tsx';
import { Scenarios } from './versions/scenarios.tsx';
import { useVersions } from './versions/use-versions.ts';
import { VersionBar } from './versions/version-bar.tsx';
import { ViewMenu } from './view-menu.tsx';
import { reordered, useViewSettings } from './view-settings.ts';

const present = () => Date.now();
const nothing: ReadonlySet<string> = new Set();
/** The axis reads 24 hours, as everything else does (Unicode TR 35, key `hc`). */
const boardLocale = `${locale}-u-hc-h23`;

export function Lanes() {
  const text = useText();
  const intl = useIntl();
  const notify = useNotify();
  const errorText = useErrorText();
  const { plant, may } = useSession();
  const scheme = useComputedColorScheme('light');
  const handle = useRef<LaneBoardHandle>(null);
  const isBeside = useRef(false);
  const [openId, setOpenId] = useState<string | null>(null);
  /** The operation whose chain of causes was asked for. */
  const [whyId, setWhyId] = useState<string | null>(null);
  const [selection, setSelection] = useState<ReadonlySet<string>>(nothing);
  const [laneId, setLaneId] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const [tab, setTab] = useState<SideTab>('unscheduled');
  const [asked, setAsked] = useState<'solve' | 'repair' | 'publish' | 'promise' | 'breakdowns' | null>(null);
  const [settings, changeSettings] = useViewSettings(plant.id);
  const versions = useVersions(plant.id);
  const versionId = versions.shown?.id ?? null;
  const plan = usePlan(plant.id, versionId, { onFailed: (error) => notify.failed(error) });
  const solve = useSolve(versionId);
  const others = usePresence(versionId, selection);
  const pictures = useBoardPictures(() => handle.current);
  const { board } = plan;
  const offline = board.data?.source === 'cache';
  const mayPlan = may('schedule:write') && plant.mayWrite && !offline;
  const shown = useShownOperations(plan, {
    isDraft: versionId !== null,
    preview: solve.preview,
    live: !mayPlan,
  });
  // Until the schedule that was chosen is there, the board still shows the one before: no hand on that.
  const readOnly = !mayPlan || !shown.editable || board.isPlaceholderData;
  useStandingLanes(plant.id);
  const namedLanes = useMemo(() => withAssumptions(plan.lanes, text), [plan.lanes, text]);
  const opened = plan.operations.find((operation) => operation.operationId === openId);
  const { projection } = shown;
  const layers = useLayers({
    board: board.data,
    index: plan.index,
    colourBy: settings.colourBy,
    search,
    versionId: versionId ?? versions.holding?.id ?? null,
    comparedId: versions.compared?.id ?? null,
    expected: shown.isExpected ? null : projection,
    others,
  });

  const found = useMemo(
    () => foundOf(plan.operations, layers.matching, present()),
    [plan.operations, layers.matching],
  );

  // The board remembers what it rendered by this function: a new one only with a new language or zone.
  const formatMessage = useCallback<FormatMessage>(
    (descriptor, values) => intl.formatMessage({ id: descriptor.id }, values),
    [intl],
  );
  const nameOf = ({ key, values }: ChangeName) => intl.formatMessage({ id: key }, values);
  const close = () => setAsked(null);
  const closeOperation = () => {
    setOpenId(null);
    setWhyId(null);
    handle.current?.focus();
  };
  const show = (operationId: string) => {
    handle.current?.reveal(operationId);
    handle.current?.select(operationId);
  };
  /** Shows another bar, and keeps the details that are open: one walks along a chain of causes. */
  const showBeside = (operationId: string) => {
    isBeside.current = true;
    show(operationId);
    isBeside.current = false;
  };

  // The effect runs while the plan is on its way: what the first frame needs is ready when it comes.
  useEffect(() => warmUpBoard(boardLocale), []);
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.defaultPrevented || readOnly) return;
    if (event.target instanceof HTMLElement && event.target.matches('input, textarea')) return;
    const key = event.key.toLowerCase();
    if (key === 'z' && event.shiftKey) plan.redo();
    else if (key === 'z') plan.undo();
    else if (key === 'y') plan.redo();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);

  const solving = (asked === 'solve' || asked === 'repair' || solve.running) && versions.shown !== null;
  const front =
    solving && versions.shown ? (
      <SolvePanel
        key={asked}
        solve={solve}
        before={versions.shown.figures}
        repair={asked === 'repair'}
        onClose={close}
      />
    ) : opened ? (
      <OperationPanel
        key={`${opened.operationId} ${opened.operationId === whyId}`}
        operation={opened}
        asksWhy={opened.operationId === whyId}
        lanes={plan.lanes}
        families={board.data?.families ?? []}
        versionId={versionId}
        readOnly={readOnly}
        check={plan.check}
        earliest={plan.earliest}
        onClose={closeOperation}
        onShow={showBeside}
        onEdit={(edit) => plan.editOne(edit)}
      />
    ) : null;

  return (
    <>
      <WorkspaceHead title={text('app.workspace.lanes')} freshness={board.data}>
        <BoardTools
          plan={plan}
          readOnly={readOnly}
          board={() => handle.current}
          search={search}
          onSearch={setSearch}
          found={found}
          onFound={show}
          nameOf={nameOf}
          onPromise={() => setAsked('promise')}
        >
          <ViewMenu
            settings={settings}
            onBreakdowns={mayPlan ? () => setAsked('breakdowns') : null}
            onChange={changeSettings}
            {...pictures}
          />
        </BoardTools>
      </WorkspaceHead>
      <VersionBar
        versions={versions}
        readOnly={!mayPlan}
        solving={solve.running}
        onSolve={() => setAsked('solve')}
        onPublish={() => setAsked('publish')}
      />
      {projection && (
        <ProjectionNotice
          projection={projection}
          shown={shown.isExpected}
          readOnly={!mayPlan}
          onShow={shown.showExpected}
          onAdopt={() =>
            void plan.edit(projection.edits, { key: 'lanes.projected.adopt', values: {} }).catch(() => {})
          }
          onRepair={() =>
            void versions
              .create(text('lanes.projected.name'), null)
              .then(() => setAsked('repair'))
              .catch(() => {})
          }
        />
      )}
      {board.error && (
        <div className="lanes-error">
          <ErrorNotice error={board.error} onRetry={() => board.refetch()} compact />
        </div>
      )}
      {board.isPending ? (
        <Loading rows={10} />
      ) : (
        board.data && (
          <div className="lanes" style={sideWidthOf(settings.sideWidth)}>
            <div className="lanes-board" data-preview={solve.running || undefined}>
              <LaneBoard
                key={plant.id}
                ref={handle}
                lanes={namedLanes}
                operations={shown.operations}
                timeZone={board.data.timeZone}
                locale={boardLocale}
                now={present}
                range={plan.range}
                colorScheme={scheme}
                theme={boardLooks[scheme]}
                density={settings.density}
                layers={layers}
                laneOrder={settings.laneOrder}
                showLoad={settings.showLoad}
                showMiniMap={settings.showMiniMap}
                showLegend={settings.showLegend}
                readOnly={readOnly}
                consequences={plan.consequences}
                pushMode={settings.pushMode}
                onEdit={plan.edit}
                onOpen={setOpenId}
                onWhyLate={(operationId) => {
                  setOpenId(operationId);
                  setWhyId(operationId);
                }}
                onSelect={(operationId, selected) => {
                  setSelection(selected);
                  if (openId && operationId && !isBeside.current) setOpenId(operationId);
                }}
                onReorderLane={(moved, beforeId) => {
                  const now = plan.lanes.map(({ id }) => id);
                  const order = [
                    ...settings.laneOrder,
                    ...now.filter((id) => !settings.laneOrder.includes(id)),
                  ];
                  changeSettings({ laneOrder: reordered(order, moved, beforeId) });
                }}
                onUndo={plan.undo}
                onRedo={plan.redo}
                formatMessage={formatMessage}
                conflict={
                  plan.conflict
                    ? {
                        operationId: plan.conflict.theirs.operationId,
                        message: errorText(plan.conflict.error),
                      }
                    : undefined
                }
              />
            </div>
            <Side
              label={text(solving ? 'lanes.solve' : opened ? 'lanes.details' : 'lanes.side')}
              tab={tab}
              onTab={setTab}
              width={settings.sideWidth}
              onWidth={(sideWidth) => changeSettings({ sideWidth })}
              front={front}
            >
              {{
                unscheduled: (
                  <UnscheduledGrid
                    operations={plan.operations}
                    families={board.data.families}
                    readOnly={readOnly}
                    onOpen={setOpenId}
                    onDragStart={(operation) => handle.current?.beginExternalDrag(operation)}
                    onDragEnd={() => handle.current?.endExternalDrag()}
                    onCarry={(operation) => handle.current?.beginExternalCarry(operation)}
                  />
                ),
                scenarios: <Scenarios versions={versions} />,
                dispatch: (
                  <DispatchPanel
                    plantId={plant.id}
                    lanes={plan.lanes}
                    laneId={laneId}
                    onLane={setLaneId}
                    onShow={show}
                  />
                ),
              }}
            </Side>
          </div>
        )
      )}
      <ConflictDialog plan={plan} />
      {asked === 'publish' && versions.shown && (
        <PublishDialog
          version={versions.shown}
          holding={versions.holding}
          onPublished={() => {
            close();
            versions.show(null);
          }}
          onClose={close}
        />
      )}
      {asked === 'breakdowns' && <BreakdownsDialog plantId={plant.id} onClose={close} />}
      {asked === 'promise' && (
        <PromiseDialog plantId={plant.id} lanes={plan.lanes} readOnly={!mayPlan} onClose={close} />
      )}
    </>
  );
}

function sideWidthOf(px: number): CSSProperties & Record<'--lanes-side', string> {
  return { '--lanes-side': `${px}px` };
}
