import { expect, test } from 'vitest';
import type { BoardOperation, Lane } from '#domain/scheduling/types';
import { emptyLayers } from '../layers.ts';
import { createBoardStore } from '../store.ts';
import { createTimeAxis } from '../time-axis.ts';
import { createLooks } from './bar-look.ts';
import { wordOf } from './colour.ts';
import { createPaints } from './paints.ts';
import { createRaster } from './raster.ts';
import { paintRegion } from './region.ts';
import { lightTheme } from './theme.ts';

const hourMs = 3_600_000;
const startsAt = Date.UTC(2026, 0, 5);

test('slack that reaches far behind its bar goes on in the pieces that it crosses', () => {
  const lane: Lane = { id: 'lane', code: 'L', name: 'Lane', area: 'A', capacity: 1, windows: [] };
  const operation: BoardOperation = {
    operationId: 'op',
    code: 'WO-1/10',
    workOrderId: 'order',
    workOrderNumber: 'WO-1',
    operationNumber: 10,
    name: 'Mill',
    materialCode: 'M',
    materialName: 'Housing',
    quantity: 1,
    unit: 'pcs',
    status: 'planned',
    progress: 0,
    priority: 50,
    dueAt: startsAt + 90 * hourMs,
    durationS: 3600,
    eligibleLaneIds: ['lane'],
    placement: { laneId: 'lane', startsAt: startsAt + hourMs, endsAt: startsAt + 2 * hourMs },
    version: 1,
  };
  const store = createBoardStore({ startsAt, endsAt: startsAt + 100 * hourMs });
  const layers = { ...emptyLayers, slackS: new Map([['op', 30 * 3600]]) };
  store.update({ lanes: [lane], layers, density: 'compact' });
  store.setOperations([operation]);
  const { state } = store;
  const looks = createLooks()(state);
  const input = {
    state,
    looks,
    axis: createTimeAxis('UTC', 'en'),
    paints: createPaints()(lightTheme, looks.scheme),
    ghosts: new Map(),
    // Twenty pixels an hour: the bar ends at 40, its slack at 640.
    scale: { anchorAt: startsAt, pxPerMs: 20 / hourMs, ratio: 1 },
  };
  const slack = wordOf(lightTheme.slack);
  const slackAt = (left: number): number => {
    const raster = createRaster(100, 40);
    paintRegion(raster, { left, top: 0, width: 100, height: 40 }, input);
    return raster.pixels.filter((word) => word === slack).length;
  };
  expect(slackAt(200)).toBeGreaterThanOrEqual(100);
  expect(slackAt(580)).toBeGreaterThan(55);
  expect(slackAt(700)).toBe(0);
});
