/**
 * Electron's security checklist (electronjs.org/docs/latest/tutorial/security), as far as it is
 * behaviour of the real window; numbers are its items. Settings are in electron/security-checklist.test.ts.
 */
import { expect, test } from '@playwright/test';
import { hostileUrlsOfPage } from '../support/electron-hostile-urls.ts';
import { launchElectron } from '../support/electron-launch.ts';
import type { LaunchedElectron } from '../support/electron-launch.ts';

let electron: LaunchedElectron;

test.beforeAll(async () => {
  electron = await launchElectron({ args: ['--no-sim'] });
});

test.afterAll(async () => {
  await electron.close();
});

/** Puts a recorder in the place of the system's browser, and gives back what was handed to it. */
async function recordOpenExternal(): Promise<() => Promise<string[]>> {
  await electron.application.evaluate(({ shell }) => {
    const opened: string[] = [];
    Reflect.set(globalThis, 'openedOutside', opened);
    shell.openExternal = (url) => {
      opened.push(url);
      return Promise.resolve();
    };
  });
  return () => electron.application.evaluate(() => Reflect.get(globalThis, 'openedOutside') as string[]);
}

const startPage = 'app://lanewright/index.html';

test('1: nothing is loaded from a network', async () => {
  const answers = await electron.page.evaluate(async () => {
    const tried = [
      'http://127.0.0.1:7070/',
      'https://www.gs1.org/',
      'file:///etc/passwd',
      'app://other/index.html',
    ];
    const outcomes = tried.map((url) =>
      fetch(url).then(
        () => 'loaded',
        () => 'refused',
      ),
    );
    return Promise.all(outcomes);
  });
  expect(answers).toEqual(['refused', 'refused', 'refused', 'refused']);
  // Below the page's policy, the session refuses too.
  const session = await electron.application.evaluate(({ session: { defaultSession } }) =>
    Promise.all(
      ['http://127.0.0.1:9/', 'https://www.gs1.org/'].map((url) =>
        defaultSession.fetch(url).then(
          () => 'loaded',
          (error: unknown) => String(error),
        ),
      ),
    ),
  );
  expect(session).toEqual([
    expect.stringContaining('ERR_BLOCKED_BY_CLIENT'),
    expect.stringContaining('ERR_BLOCKED_BY_CLIENT'),
  ]);
});

test('2, 3, 20: the page has no Node and no Electron, only the bridge', async () => {
  const seen = await electron.page.evaluate(() => ({
    node: ['process', 'require', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer', '__dirname'].filter(
      (name) => name in window,
    ),
    bridge: Object.entries(Reflect.get(window, 'lanewright') as object)
      .map(([name, value]) => `${name}: ${typeof value}`)
      .sort(),
  }));
  expect(seen).toEqual({
    node: [],
    bridge: ['onCoreState: function', 'platform: string', 'requestPort: function'],
  });
});

test('2, 3, 4, 6, 8, 9, 10, 11: the window runs with the preferences that were set', async () => {
  const preferences = await electron.application.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    return (contents as unknown as { getLastWebPreferences(): object }).getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    enableBlinkFeatures: '',
  });
});

test('4: the sandbox is on for every renderer, unless root has to do without', async () => {
  const withoutSandbox = await electron.application.evaluate(({ app }) =>
    app.commandLine.hasSwitch('no-sandbox'),
  );
  expect(withoutSandbox).toBe(process.platform === 'linux' && process.getuid?.() === 0);
  const sandboxed = await electron.application.evaluate(({ app }) =>
    app
      .getAppMetrics()
      .filter(({ type }) => type === 'Tab')
      .map(({ sandboxed }) => sandboxed),
  );
  // Only macOS and Windows tell.
  for (const one of sandboxed) expect(one === undefined || one).toBe(true);
});

test('5: permissions are refused, but those the screens ask for', async () => {
  const answers = await electron.page.evaluate(async () => {
    const names = ['geolocation', 'camera', 'microphone', 'notifications', 'midi', 'clipboard-read'];
    const states = await Promise.all(
      names.map((name) => navigator.permissions.query({ name: name as PermissionName }).catch(() => null)),
    );
    const asked = await Promise.allSettled([
      new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject)),
      navigator.mediaDevices.getUserMedia({ audio: true }),
      navigator.mediaDevices.getDisplayMedia(),
      Notification.requestPermission().then((answer) =>
        answer === 'granted' ? answer : Promise.reject(new Error(answer)),
      ),
    ]);
    return { states: states.map((state) => state?.state), asked: asked.map(({ status }) => status) };
  });
  expect(answers.states.filter((state) => state === 'granted' || state === 'prompt')).toEqual([]);
  expect(answers.asked).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
});

test('7: the policy comes with the page and stops script that is not ours', async () => {
  const policy = await electron.page.evaluate(async (url) => {
    const answer = await fetch(url);
    return answer.headers.get('content-security-policy');
  }, startPage);
  expect(policy).toContain("default-src 'none'");
  const ran = await electron.page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
      violations.push(effectiveDirective),
    );
    const element = document.createElement('script');
    element.textContent = 'window.injected = "inline"';
    const handler = document.createElement('img');
    handler.setAttribute('onerror', 'window.injected = "handler"');
    handler.src = 'data:,';
    const frame = document.createElement('iframe');
    frame.src = 'data:text/html,<script>top.injected = "frame"</script>';
    const foreign = document.createElement('script');
    foreign.src = 'https://attacker.example/x.js';
    const link = document.createElement('a');
    link.href = 'javascript:window.injected = "link"';
    document.body.append(element, handler, frame, foreign, link);
    link.click();
    const timer = () => setTimeout('window.injected = "timer"' as unknown as () => void, 0);
    try {
      timer();
    } catch {
      // Refused at once is refused as well.
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const added of [element, handler, frame, foreign, link]) added.remove();
    return {
      injected: Reflect.get(window, 'injected') as unknown,
      violations: [...new Set(violations)].sort(),
    };
  });
  expect(ran.injected).toBeUndefined();
  expect(ran.violations).toEqual(expect.arrayContaining(['frame-src', 'script-src-attr', 'script-src-elem']));
});

test('11, 12: a webview is an unknown element', async () => {
  const before = electron.application.windows().length;
  const attached = await electron.page.evaluate(async () => {
    const view = document.createElement('webview');
    view.setAttribute('src', 'https://attacker.example/');
    view.setAttribute('allowpopups', '');
    view.setAttribute('nodeintegration', '');
    document.body.append(view);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const knows = 'getWebContentsId' in view;
    view.remove();
    return knows;
  });
  expect(attached).toBe(false);
  expect(electron.application.windows()).toHaveLength(before);
});

test('13, 14, 15: 200 hostile addresses open no window, leave no page and reach no other program', async () => {
  test.setTimeout(120_000);
  expect(hostileUrlsOfPage.length).toBeGreaterThanOrEqual(200);
  const opened = await recordOpenExternal();
  const windows = await electron.page.evaluate((urls) => {
    let made = 0;
    for (const url of urls) {
      try {
        if (window.open(url) !== null) made += 1;
        if (window.open(url, '_blank', 'nodeIntegration=yes,contextIsolation=no') !== null) made += 1;
      } catch {
        // An address that cannot be parsed throws.
      }
      const link = document.createElement('a');
      link.href = url;
      link.target = '_blank';
      document.body.append(link);
      link.click();
      link.remove();
    }
    return made;
  }, hostileUrlsOfPage);
  expect(windows).toBe(0);
  // Navigation of the page itself is refused; about: addresses, for which Chromium does not ask, are left at once.
  for (const url of hostileUrlsOfPage.filter((one) => URL.canParse(one))) {
    await electron.page.evaluate((target) => window.location.assign(target), url).catch(() => {});
  }
  const at = () =>
    electron.application.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => window.webContents.getURL()),
    );
  await expect.poll(at).toEqual([expect.stringMatching(/^app:\/\/lanewright\//)]);
  await electron.page.waitForLoadState('load');
  await expect.poll(() => electron.page.evaluate(() => 'lanewright' in window)).toBe(true);
  expect(await opened()).toEqual([]);
});

test('13: a page that empties itself comes back', async () => {
  await electron.page.evaluate(() => window.location.assign('about:blank')).catch(() => {});
  await electron.page.waitForURL('app://lanewright/**');
});

test('15: a cited page is opened in the browser, once, and not in a window', async () => {
  const opened = await recordOpenExternal();
  await electron.page.evaluate(() => window.open('https://www.gs1.org/standards'));
  await expect.poll(opened).toEqual(['https://www.gs1.org/standards']);
  expect(electron.application.windows()).toHaveLength(1);
});

test('17: a message of a strange page or of a frame gets no port', async () => {
  const answers = await electron.application.evaluate(async ({ BrowserWindow, ipcMain }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (!contents) throw new Error('no window');
    let ports = 0;
    const sender = {
      id: 9999,
      once: () => {},
      isDestroyed: () => false,
      send: () => (ports += 1),
      postMessage: () => (ports += 1),
    };
    const frames = [
      { url: 'https://attacker.example/', parent: null },
      { url: 'app://lanewright/index.html', parent: {} },
      { url: 'about:blank', parent: null },
      null,
    ];
    for (const senderFrame of frames) {
      ipcMain.emit('lanewright:request-port', { sender, senderFrame });
      ipcMain.emit('lanewright:watch-core-state', { sender, senderFrame });
    }
    const refused = ports;
    ipcMain.emit('lanewright:watch-core-state', {
      sender,
      senderFrame: { url: 'app://lanewright/index.html', parent: null },
    });
    return { refused, trusted: ports };
  });
  expect(answers).toEqual({ refused: 0, trusted: 1 });
});

test('18: files outside the screens are not served', async () => {
  const statuses = await electron.page.evaluate(() =>
    Promise.all(
      ['/../../package.json', '/..%2f..%2fpackage.json', '/%2e%2e%5cpackage.json', '//etc/passwd.json'].map(
        (path) => fetch(`app://lanewright${path}`).then(({ status }) => status),
      ),
    ),
  );
  expect(statuses).toEqual([404, 404, 404, 404]);
  const file = await electron.page.evaluate(() =>
    fetch('file:///etc/hostname').then(
      () => 'read',
      () => 'refused',
    ),
  );
  expect(file).toBe('refused');
});

test('a server whose certificate cannot be checked is refused', async () => {
  const answer = await electron.application.evaluate(({ app, BrowserWindow }) => {
    let trusted: boolean | undefined;
    let prevented = false;
    app.emit(
      'certificate-error',
      { preventDefault: () => (prevented = true) },
      BrowserWindow.getAllWindows()[0]?.webContents,
      'https://db.example/',
      'net::ERR_CERT_AUTHORITY_INVALID',
      {},
      (answered: boolean) => (trusted = answered),
    );
    return { trusted, prevented };
  });
  expect(answer).toEqual({ trusted: false, prevented: true });
});
