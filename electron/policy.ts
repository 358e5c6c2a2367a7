/**
 * What the shell allows, as pure decisions; `harden.ts` puts them in force. Numbers are those of
 * Electron's security checklist (electronjs.org/docs/latest/tutorial/security).
 */
import { appHost, appScheme } from '#contract/host';

export const appOrigin = `${appScheme}://${appHost}`;
export const startUrl = `${appOrigin}/index.html`;

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

/** Whether an address is one of our own screens (13, 17). Compared part by part: `origin` of a custom scheme is "null" in Node. */
export function isOurPage(url: string): boolean {
  const parsed = parse(url);
  return (
    parsed !== null &&
    parsed.protocol === `${appScheme}:` &&
    parsed.host === appHost &&
    parsed.username === '' &&
    parsed.password === ''
  );
}

/** What of `WebFrameMain` a sender is judged by. */
interface SenderFrame {
  readonly url: string;
  readonly parent: unknown;
}

/** Whether an IPC message comes from the top frame of one of our screens (17). */
export function isTrustedSender(frame: SenderFrame | null): boolean {
  return frame !== null && frame.parent === null && isOurPage(frame.url);
}

/** Sites of the standards and systems that the help pages cite. */
const externalHosts: ReadonlySet<string> = new Set([
  'www.gs1.org',
  'ref.gs1.org',
  'www.postgresql.org',
  'reference.opcfoundation.org',
]);

/** Whether a link may be given to the system's browser (15): https, a host of the list, the default port, no credentials. */
export function isAllowedExternal(url: string): boolean {
  // Control characters and backslashes are refused before parsing: what the parser drops or turns, a handler of the system might not.
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (url.length > 2048 || /[\u0000-\u0020\u007f\\"'`<>]/.test(url)) return false;
  const parsed = parse(url);
  return (
    parsed !== null &&
    url.startsWith('https://') &&
    parsed.protocol === 'https:' &&
    externalHosts.has(parsed.hostname) &&
    parsed.port === '' &&
    parsed.username === '' &&
    parsed.password === ''
  );
}

/** Permissions the screens ask for: copying a number, and the full screen of a wall display (5). */
const permissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'fullscreen']);

/** @param requestingUrl address of the frame that asks. */
export function isAllowedPermission(permission: string, requestingUrl: string): boolean {
  return permissions.has(permission) && isOurPage(requestingUrl);
}

/**
 * Whether the session may load an address at all (1): the screens talk to the core through a port, so
 * nothing goes to a network. Developer tools load their own pages where they are allowed.
 */
export function isAllowedRequest(url: string, developerTools: boolean): boolean {
  const parsed = parse(url);
  if (parsed === null) return false;
  if (parsed.protocol === 'data:') return true;
  if (parsed.protocol === 'blob:') return isOurPage(parsed.pathname);
  if (parsed.protocol === 'devtools:') return developerTools;
  return isOurPage(url);
}
