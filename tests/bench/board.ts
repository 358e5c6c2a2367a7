/** The lane board at 10,000 and 50,000 bars on 200 lanes, in Chromium: frames, first picture, memory. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { build } from 'vite';
import { appRoot } from '../../scripts/build.ts';
import { findProgram } from '../../scripts/testing/set-up.ts';
import type { DragRun } from './board-drag.ts';
import type { BoardRun } from './board-page.ts';
import type { PeerRun } from './board-peers-page.ts';
import type { Bench, Figure } from './figure.ts';
import { median, quantile } from './statistics.ts';

/** A page's script, as one file: the board as it is built for the product. */
async function pageScript(entry: string): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'lanewright-bench-'));
  try {
    await build({
      configFile: false,
      logLevel: 'error',
      root: import.meta.dirname,
      build: {
        outDir,
        target: 'es2023',
        lib: {
          entry: join(import.meta.dirname, entry),
          formats: ['iife'],
          name: 'bench',
          fileName: () => 'page.js',
        },
      },
    });
    return readFileSync(join(outDir, 'page.js'), 'utf8');
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

const laneCount = 200;
const sizes = [50, 250];
const frameMs = 1000 / 60;
const firstFrames = 5;

/** What the page's script puts on its window. */
interface Bare {
  measureViews(barsPerLane: number): BoardRun[];
  measureFirst(barsPerLane: number, density: string, days: number, isWarm: boolean): number;
  openStage(barsPerLane: number, view: string): readonly string[];
  runOurs(): void;
  runBare(way: string): void;
  measureDrag(barsPerLane: number): DragRun;
  measureVis(barsPerLane: number): Promise<PeerRun>;
  measureGantt(barsPerLane: number): Promise<PeerRun>;
  measureMemory(barsPerLane: number): { readonly board: number; readonly records: number };
}

async function onFreshPage<T>(
  browser: Browser,
  script: string,
  measure: (page: Page) => Promise<T>,
): Promise<T> {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  try {
    await page.addScriptTag({ content: script });
    return await measure(page);
  } finally {
    await page.close();
  }
}

/** Beside the quickest of the bare canvases, judged by the same quantile. */
function frameFigures(bars: number, { view, frames, bars: inView, ours, floors }: BoardRun): Figure[] {
  return [0.5, 0.95].map((fraction) => {
    const ways = Object.entries(floors).map(
      ([name, samples]) => [name, quantile(samples, fraction)] as const,
    );
    const [name, floor] = ways.reduce((best, way) => (way[1] < best[1] ? way : best));
    return {
      figure: `board.${bars}.${view}.p${fraction * 100}`,
      value: quantile(ours, fraction),
      unit: 'ms' as const,
      floor,
      floorIs: `the same rectangles on a bare canvas, ${name}`,
      notes: fraction === 0.5 ? [`${frames} frames of 1920x1080, ${inView} bars in view at the median`] : [],
    };
  });
}

const cpuViews = ['whole', 'week', 'day'];
const cpuFrames = 60;

/**
 * What the page's thread spends on a frame, on average: its own time, which does not grow when other
 * programs want the processor too, as the times by the clock do.
 */
async function cpuFigure(
  browser: Browser,
  script: string,
  barsPerLane: number,
  view: string,
): Promise<Figure> {
  return await onFreshPage(browser, script, async (page) => {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const spent = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
    };
    const costOf = async (run: () => Promise<void>) => {
      const before = await spent();
      await run();
      return ((await spent()) - before) / cpuFrames;
    };
    const ways = await page.evaluate(
      ([count, name]) => (globalThis as unknown as Bare).openStage(count, name),
      [barsPerLane, view] as const,
    );
    const ours = () => page.evaluate(() => (globalThis as unknown as Bare).runOurs());
    await ours();
    const value = await costOf(ours);
    const costs: [string, number][] = [];
    for (const way of ways) {
      const bare = () => page.evaluate((name) => (globalThis as unknown as Bare).runBare(name), way);
      await bare();
      costs.push([way, await costOf(bare)]);
    }
    const [name, floor] = costs.reduce((best, each) => (each[1] < best[1] ? each : best));
    return {
      figure: `board.${barsPerLane * laneCount}.${view}.cpu`,
      value,
      unit: 'ms',
      floor,
      floorIs: `the same rectangles on a bare canvas, ${name}; time of the thread`,
    };
  });
}

/** From the pointer's move to the finished frame, what the drop would do computed in it. */
function dragFigures(bars: number, { steps, asking, mostPushed }: DragRun): Figure[] {
  return [0.5, 0.95].map((fraction) => ({
    figure: `board.${bars}.drag.p${fraction * 100}`,
    value: quantile(steps, fraction),
    unit: 'ms' as const,
    floor: frameMs,
    floorIs: 'one refresh of the screen',
    notes: [
      `of it what the drop would do: ${quantile(asking, fraction).toFixed(2)} ms; at most ${mostPushed} bars pushed`,
    ],
  }));
}

/** Ready-made boards, by package: where their styles are, and how they are driven. */
const peers = [
  { name: 'vis-timeline', style: 'vis-timeline/styles/vis-timeline-graph2d.min.css', measure: 'measureVis' },
  { name: 'dhtmlx-gantt', style: 'dhtmlx-gantt/codebase/dhtmlxgantt.css', measure: 'measureGantt' },
] as const;

/** The board's own first picture and pans beside theirs, of the same bars; dhtmlx-gantt has a row for each. */
async function peerFigures(
  browser: Browser,
  own: { readonly first: number; readonly pan: number },
): Promise<Figure[]> {
  const script = await pageScript('board-peers-page.ts');
  const figures: Figure[] = [];
  for (const { name, style, measure } of peers) {
    const run = await onFreshPage(browser, script, async (page) => {
      await page.addStyleTag({ path: join(appRoot, 'node_modules', style) });
      return await page.evaluate(([method, count]) => (globalThis as unknown as Bare)[method](count), [
        measure,
        sizes[0] ?? 0,
      ] as const);
    });
    const floorIs = `${name}, painting left out`;
    figures.push(
      { figure: 'board.10000.first', value: own.first, unit: 'ms', floor: run.first, floorIs },
      { figure: 'board.10000.pan.p95', value: own.pan, unit: 'ms', floor: quantile(run.pans, 0.95), floorIs },
    );
  }
  return figures;
}

export const board: Bench = {
  name: 'board',
  measures: 'the lane board with 10,000 and 50,000 bars on 200 lanes, drawn and rasterised',
  async run(say) {
    const script = await pageScript('board-page.ts');
    const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome');
    const browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--enable-precise-memory-info',
        '--js-flags=--expose-gc',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    });
    const figures: Figure[] = [];
    try {
      for (const barsPerLane of sizes) {
        const bars = barsPerLane * laneCount;
        say(`    ${bars} bars: first pictures …`);
        for (const [density, days] of [
          ['compact', 7],
          ['overview', 87],
        ] as const) {
          // Each on a page of its own: nothing is compiled or measured before.
          const first = (isWarm: boolean) =>
            onFreshPage(browser, script, (page) =>
              page.evaluate(
                ([count, ...rest]) => (globalThis as unknown as Bare).measureFirst(count, ...rest),
                [barsPerLane, density, days, isWarm] as const,
              ),
            );
          const times: number[] = [];
          const cold: number[] = [];
          for (let run = 0; run < firstFrames; run += 1) {
            times.push(await first(true));
            cold.push(await first(false));
          }
          figures.push({
            figure: `board.${bars}.first.${density}`,
            value: median(times),
            unit: 'ms',
            floor: frameMs,
            floorIs: 'one refresh of the screen',
            notes: [
              `from the records to the first picture, links given; worst of ${firstFrames}: ${Math.round(Math.max(...times))} ms`,
              `where the browser was not warmed up while the records were on their way: ${Math.round(median(cold))} ms`,
            ],
          });
        }
        const memory = await onFreshPage(browser, script, (page) =>
          page.evaluate((count) => (globalThis as unknown as Bare).measureMemory(count), barsPerLane),
        );
        figures.push({
          figure: `board.${bars}.memory-per-bar`,
          value: memory.board,
          unit: 'B',
          floor: memory.records,
          floorIs: 'the records themselves',
        });
        say(`    ${bars} bars: panning and zooming …`);
        const runs = await onFreshPage(browser, script, (page) =>
          page.evaluate((count) => (globalThis as unknown as Bare).measureViews(count), barsPerLane),
        );
        figures.push(...runs.flatMap((run) => frameFigures(bars, run)));
        for (const view of cpuViews) figures.push(await cpuFigure(browser, script, barsPerLane, view));
        const drag = await onFreshPage(browser, script, (page) =>
          page.evaluate((count) => (globalThis as unknown as Bare).measureDrag(count), barsPerLane),
        );
        figures.push(...dragFigures(bars, drag));
      }
      say('    ready-made boards with 10,000 bars …');
      const valueOf = (name: string) => figures.find(({ figure }) => figure === name)?.value ?? NaN;
      const own = { first: valueOf('board.10000.first.compact'), pan: valueOf('board.10000.week.p95') };
      figures.push(...(await peerFigures(browser, own)));
      return figures;
    } finally {
      await browser.close();
    }
  },
};
