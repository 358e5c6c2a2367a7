/**
 * Puts the policy in force on every session and every page, also on those that nobody meant to
 * create (checklist 1, 5, 12, 13, 14, 15). Electron's objects come as arguments.
 */
import type { App, Session, Shell, WebContents } from 'electron';
import type { Log } from './log.ts';
import { logged } from './log.ts';
import { isAllowedExternal, isAllowedPermission, isAllowedRequest, isOurPage, startUrl } from './policy.ts';

export interface Surroundings {
  readonly shell: Pick<Shell, 'openExternal'>;
  readonly developerTools: boolean;
  readonly log: Log;
}

export function hardenSession(session: Session, { developerTools, log }: Surroundings): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const allowed = details.isMainFrame && isAllowedPermission(permission, details.requestingUrl);
    if (!allowed) log('permission.refused', { permission, by: logged(details.requestingUrl) });
    answer(allowed);
  });
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) =>
    isAllowedPermission(permission, details.requestingUrl ?? requestingOrigin),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.webRequest.onBeforeRequest((details, answer) => {
    const cancel = !isAllowedRequest(details.url, developerTools);
    if (cancel) log('request.refused', { url: logged(details.url), resource: details.resourceType });
    answer({ cancel });
  });
  session.on('will-download', (event, item) => {
    // Exports are made in the page (blob: of our own origin); nothing else is saved to the disk.
    if (isAllowedRequest(item.getURL(), false)) return;
    event.preventDefault();
    log('download.refused', { url: logged(item.getURL()) });
  });
}

export function hardenContents(contents: WebContents, { shell, log }: Surroundings): void {
  const refuseForeign = (event: { readonly url: string; preventDefault(): void }) => {
    if (isOurPage(event.url)) return;
    event.preventDefault();
    log('navigation.refused', { url: logged(event.url) });
  };
  contents.on('will-navigate', refuseForeign);
  contents.on('will-frame-navigate', refuseForeign);
  contents.on('will-redirect', refuseForeign);
  // Chromium commits about:blank and its kin without asking; a page that went there is brought back.
  const returnHome = (url: string) => {
    if (isOurPage(url) || url.startsWith('devtools:')) return;
    log('navigation.returned', { url: logged(url) });
    void contents.loadURL(startUrl).catch(() => {});
  };
  contents.on('did-navigate', (_event, url) => returnHome(url));
  contents.on('did-fail-load', (_event, _code, _reason, url, isMainFrame) => {
    if (isMainFrame) returnHome(url);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    log('webview.refused');
  });
  contents.setWindowOpenHandler(({ url }) => {
    if (isAllowedExternal(url)) void shell.openExternal(url);
    else log('window.refused', { url: logged(url) });
    return { action: 'deny' };
  });
  contents.on('select-bluetooth-device', (event, _devices, answer) => {
    event.preventDefault();
    answer('');
  });
}

/** To be called before `ready`, so that no page and no session comes to be without it. */
export function hardenApp(app: App, surroundings: Surroundings): void {
  app.on('session-created', (session) => hardenSession(session, surroundings));
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, surroundings));
  app.on('certificate-error', (event, _contents, url, error, _certificate, answer) => {
    event.preventDefault();
    surroundings.log('certificate.refused', { url: logged(url), error });
    answer(false);
  });
  app.on('select-client-certificate', (event, _contents, _url, _list, answer) => {
    event.preventDefault();
    answer();
  });
  app.on('login', (event, _contents, _details, _info, answer) => {
    event.preventDefault();
    answer();
  });
}
