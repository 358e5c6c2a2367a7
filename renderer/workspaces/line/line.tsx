/** The machines of the plant, lane by lane, as they stand this second. */
import './line.css';
import { useMemo, useState } from 'react';
import { SegmentedControl } from '@mantine/core';
import { IconBuildingFactory2 } from '@tabler/icons-react';
import { machineStates } from '#contract/line';
import type { MachineTile } from '#contract/line';
import { useFeed } from '../../client/feed.ts';
import { useCoreQuery } from '../../client/hooks.ts';
import { EmptyState, Loading, WorkspaceHead } from '../../ui/blocks.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';
import { useSession } from '../../ui/session.ts';
import { HistoryDrawer } from './history-drawer.tsx';
import { MachineCard } from './machine-card.tsx';

type Filter = 'all' | MachineTile['state'];

export function Line() {
  const text = useText();
  const { plant } = useSession();
  const machines = useCoreQuery('line.machines', { plantId: plant.id }, { keep: true });
  const live = useFeed((feed) => feed.machines);
  const [filter, setFilter] = useState<Filter>('all');
  const [openId, setOpenId] = useState<string | null>(null);

  // Events are newer than the answer they follow, but an answer after them may know more of a tile's lane.
  const asOf = machines.data?.asOf ?? 0;
  const tiles = useMemo(
    () => (machines.data?.machines ?? []).map((tile) => newer(tile, live.get(tile.machineId), asOf)),
    [machines.data, live, asOf],
  );
  const counts = new Map<string, number>();
  for (const tile of tiles) counts.set(tile.state, (counts.get(tile.state) ?? 0) + 1);
  const shown = filter === 'all' ? tiles : tiles.filter((tile) => tile.state === filter);
  const byLane = Map.groupBy(shown, (tile) => tile.laneCode);
  const opened = tiles.find((tile) => tile.machineId === openId);

  return (
    <>
      <WorkspaceHead title={text('app.workspace.line')} freshness={machines.data}>
        <SegmentedControl
          aria-label={text('line.filter')}
          value={filter}
          onChange={(value) =>
            setFilter((['all', ...machineStates] as const).find((each) => each === value) ?? 'all')
          }
          data={[
            { value: 'all', label: text('line.filter.all', { count: tiles.length }) },
            ...machineStates.map((state) => ({
              value: state,
              label: text('line.filter.state', {
                state: text(`line.state.${state}`),
                count: counts.get(state) ?? 0,
              }),
            })),
          ]}
        />
      </WorkspaceHead>
      <div className="lw-page">
        {machines.error && <ErrorNotice error={machines.error} onRetry={() => machines.refetch()} />}
        {machines.isPending && <Loading rows={3} columns={4} height={150} />}
        {machines.data && tiles.length === 0 && (
          <EmptyState icon={IconBuildingFactory2} title={text('line.none')}>
            {text('line.none-detail')}
          </EmptyState>
        )}
        {tiles.length > 0 && shown.length === 0 && (
          <EmptyState icon={IconBuildingFactory2} title={text('line.none-in-state')} />
        )}
        <div className="line-lanes">
          {[...byLane].map(([laneCode, members]) => (
            <section key={laneCode} className="line-lane" aria-labelledby={`line-${laneCode}`}>
              <h2 id={`line-${laneCode}`}>{laneCode}</h2>
              <div className="line-tiles">
                {members.map((tile) => (
                  <MachineCard key={tile.machineId} tile={tile} onOpen={() => setOpenId(tile.machineId)} />
                ))}
              </div>
            </section>
          ))}
        </div>
      </div>
      <HistoryDrawer tile={opened} onClose={() => setOpenId(null)} />
    </>
  );
}

/** Counts and states from the live feed where it is newer; the name and place from the answer. */
function newer(tile: MachineTile, live: MachineTile | undefined, asOf: number): MachineTile {
  if (!live) return tile;
  const liveAt = Math.max(live.sourceAt ?? 0, live.stateSince);
  return liveAt >= Math.max(tile.sourceAt ?? 0, tile.stateSince) || liveAt > asOf ? live : tile;
}
