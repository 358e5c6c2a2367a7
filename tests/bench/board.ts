/** Frame time of the lane board with 10,000 bars on 200 lanes, in Chromium. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { findProgram } from '../../scripts/testing/set-up.ts';
import type { BoardRun } from './board-page.ts';
import type { Bench } from './figure.ts';
import { quantile } from './statistics.ts';

/** The page's script, as one file: the board as it is built for the product. */
async function pageScript(): Promise<string> {
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
          entry: join(import.meta.dirname, 'board-page.ts'),
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

export const board: Bench = {
  name: 'board',
  measures: 'a frame of the lane board with 10,000 bars on 200 lanes, drawn and rasterised',
  async run(say) {
    const script = await pageScript();
    const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome');
    const browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
      await page.addScriptTag({ content: script });
      say('    panning and zooming at four zooms …');
      const runs = await page.evaluate(() => (globalThis as unknown as { measure(): BoardRun[] }).measure());
      return runs.flatMap(({ view, frames, bars, ours, plain }) =>
        [0.5, 0.95].map((fraction) => ({
          figure: `board.${view}.p${fraction * 100}`,
          value: quantile(ours, fraction),
          unit: 'ms' as const,
          floor: quantile(plain, fraction),
          floorIs: 'the same bars as plain rectangles, batched by colour',
          notes:
            fraction === 0.5 ? [`${frames} frames of 1920x1080, ${bars} bars in view at the median`] : [],
        })),
      );
    } finally {
      await browser.close();
    }
  },
};
