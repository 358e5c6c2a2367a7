/**
 * Three builds into out/: the shell with the core and its workers, the preload, the screens.
 * Subpath imports (`#domain/*` and so on) are resolved from package.json itself.
 */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;

/** `main/workers/plan-solver.ts` becomes `out/main/workers/plan-solver.js`. */
const workers = globSync('main/workers/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => [`main/workers/${basename(file, '.ts')}`, join(root, file)]);

export default defineConfig({
  main: {
    build: {
      outDir: 'out',
      emptyOutDir: true,
      // The oldest Node that may run it: that of the oldest Electron the tests use.
      target: 'node20.18',
      sourcemap: true,
      rolldownOptions: {
        input: {
          'electron/main': join(root, 'electron/main.ts'),
          'main/core-process': join(root, 'main/hosts/core-process.ts'),
          ...Object.fromEntries(workers),
        },
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      emptyOutDir: true,
      target: 'node20.18',
      // A sandboxed preload is CommonJS, one file, and may require nothing but electron.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: join(root, 'preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: join(root, 'renderer'),
    publicDir: false,
    plugins: [react()],
    worker: { format: 'es' },
    build: {
      outDir: join(root, 'out/renderer'),
      emptyOutDir: true,
      // The same files go to the browsers of wall screens.
      target: 'es2023',
      minify: true,
      sourcemap: true,
      // A file as a data: URL would need a hole in the policy for each kind.
      assetsInlineLimit: 0,
      rolldownOptions: { input: join(root, 'renderer/index.html') },
    },
  },
});
