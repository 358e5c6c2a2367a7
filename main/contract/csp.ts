/**
 * The content security policy of the screens, the same in the desktop shell and from the server
 * (Electron security checklist, item 7). Sent as a response header: `frame-ancestors` has no effect in a meta tag.
 */

const directives: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'none'"],
  // The label preview is WebAssembly; compiling it is not `eval` of script.
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'worker-src': ["'self'"],
  // Mantine and AG Grid write style elements and attributes at run time.
  'style-src': ["'self'", "'unsafe-inline'"],
  // Label previews are drawn as data: and blob: pictures; the grid's icon font is a data: URL.
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'", 'data:'],
  'media-src': ["'self'"],
  'manifest-src': ["'self'"],
  // 'self' covers ws: and wss: of the same host and port (CSP Level 3, 6.7.2.8).
  'connect-src': ["'self'"],
  'object-src': ["'none'"],
  'frame-src': ["'none'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
};

/** Value of the `Content-Security-Policy` header. */
export const contentSecurityPolicy = Object.entries(directives)
  .map(([name, sources]) => `${name} ${sources.join(' ')}`)
  .join('; ');

/** Headers that go with every file of the screens, whichever host serves them. */
export const screenHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=(), fullscreen=(self)',
};
