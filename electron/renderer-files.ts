import { readFile } from 'node:fs/promises';
import { extname, isAbsolute, join, relative } from 'node:path';
import { screenHeaders } from '#contract/csp';
import { isOurPage } from './policy.ts';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/**
 * The file behind an address of our scheme, or null where it lies outside `root`, is hidden, or has a
 * type we do not serve. An address without an extension is a route of the page: `index.html`.
 */
export function rendererFile(root: string, url: string): string | null {
  if (!isOurPage(url)) return null;
  let path: string;
  try {
    path = decodeURIComponent(new URL(url).pathname);
  } catch {
    return null;
  }
  // An encoded slash, backslash or drive letter survives the parser and comes alive only now.
  if (/[\\\0:]/.test(path)) return null;
  const segments = path.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment.startsWith('.'))) return null;
  const extension = extname(path);
  if (extension === '') return join(root, 'index.html');
  if (!(extension in types)) return null;
  const file = join(root, ...segments);
  const inside = relative(root, file);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? null : file;
}

/** Answers a request to our scheme (checklist 7, 18): GET of a file under `root`, always with the policy's headers. */
export async function serveRendererFile(
  root: string,
  request: { readonly url: string; readonly method: string },
): Promise<Response> {
  const refuse = (status: number) => new Response(null, { status, headers: { ...screenHeaders } });
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
  const file = rendererFile(root, request.url);
  if (file === null) return refuse(404);
  try {
    const body = await readFile(file);
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(body), {
      headers: { ...screenHeaders, 'Content-Type': types[extname(file)] ?? 'application/octet-stream' },
    });
  } catch {
    return refuse(404);
  }
}
