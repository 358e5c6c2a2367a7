/** The frame around the workspaces: side bar, header, status strip, and what works everywhere. */
import { Suspense, useState } from 'react';
import {
  ActionIcon,
  Kbd,
  Menu,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { openSpotlight } from '@mantine/spotlight';
import { IconKeyboard, IconLogout, IconMoon, IconSearch, IconSun, IconUserCircle } from '@tabler/icons-react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { useDeviceScans, useSendScan } from '../client/scans.ts';
import { EmptyState, Loading } from '../ui/blocks.tsx';
import { useText } from '../ui/messages.ts';
import { useNotify } from '../ui/notify.tsx';
import { useSession } from '../ui/session.ts';
import { AccountDialog } from './account.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Palette } from './palette.tsx';
import { PlantSwitcher } from './plant-switcher.tsx';
import { ScanPanel } from './scan-panel.tsx';
import { HelpSheet, useShortcuts } from './shortcuts.tsx';
import { initials } from './sign-in.tsx';
import { StatusStrip } from './status-strip.tsx';
import { useWedgeCapture } from './wedge-capture.tsx';
import { workspaces } from './workspaces.ts';

export function Frame() {
  const text = useText();
  const session = useSession();
  const notify = useNotify();
  const [location, navigate] = useLocation();
  const [help, setHelp] = useState(false);
  const open = workspaces.filter((workspace) => workspace.permissions.some((each) => session.may(each)));
  const first = open[0];

  const scan = useSendScan((error) => notify.failed(error));
  useDeviceScans();
  useWedgeCapture(
    (code) => scan.send(code, 'wedge'),
    () => notify.failed({ code: 'Invalid', reason: 'error.scan-unreadable', values: {} }),
  );
  useShortcuts(open, { go: (id) => navigate(`/${id}`), help: () => setHelp(true) });

  return (
    <div className="lw-frame">
      <a
        className="lw-skip"
        href="#main"
        onClick={(event) => {
          // The hash is the route: focus moves, the address stays.
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {text('app.skip')}
      </a>
      <section className="lw-header" aria-label={text('app.header')}>
        <div className="lw-brand">
          <img src={new URL('./mark.svg', import.meta.url).href} alt="" width={28} height={28} />
          <span>{text('app.name')}</span>
        </div>
        <PlantSwitcher />
        <UnstyledButton className="lw-search" onClick={openSpotlight}>
          <IconSearch aria-hidden size={16} />
          <span>{text('app.palette.open')}</span>
          <Kbd size="xs">{text('app.palette.keys')}</Kbd>
        </UnstyledButton>
        <div className="lw-header-end">
          <ActionIcon size="lg" aria-label={text('app.help.title')} onClick={() => setHelp(true)}>
            <IconKeyboard aria-hidden size={20} stroke={1.6} />
          </ActionIcon>
          <SchemeToggle />
          <PersonMenu />
        </div>
      </section>
      <nav className="lw-nav" aria-label={text('app.workspaces')}>
        {open.map((workspace) => {
          const Icon = workspace.icon;
          const here = location === `/${workspace.id}` || location.startsWith(`/${workspace.id}/`);
          return (
            <a
              key={workspace.id}
              className="lw-nav-item"
              href={`#/${workspace.id}`}
              aria-current={here ? 'page' : undefined}
              aria-keyshortcuts={`g ${workspace.key}`}
            >
              <Icon aria-hidden size={24} stroke={1.6} />
              <span>{text(`app.workspace.${workspace.id}`)}</span>
            </a>
          );
        })}
      </nav>
      <div className="lw-body">
        <ConnectionBanner />
        <main id="main" className="lw-main" tabIndex={-1}>
          <Switch>
            {open.map((workspace) => {
              const Screen = workspace.screen;
              return (
                <Route key={workspace.id} path={`/${workspace.id}/*?`}>
                  <ErrorBoundary key={`${workspace.id} ${session.plant.id}`}>
                    <Suspense fallback={<Loading />}>
                      <Screen />
                    </Suspense>
                  </ErrorBoundary>
                </Route>
              );
            })}
            <Route path="/">{first ? <Redirect to={`/${first.id}`} replace /> : null}</Route>
            <Route>
              <EmptyState title={text('app.not-found.title')}>{text('app.not-found')}</EmptyState>
            </Route>
          </Switch>
        </main>
      </div>
      <StatusStrip />
      <ScanPanel />
      <Palette workspaces={open} onHelp={() => setHelp(true)} onCode={(code) => scan.send(code, 'typed')} />
      <HelpSheet opened={help} onClose={() => setHelp(false)} workspaces={open} />
    </div>
  );
}

function SchemeToggle() {
  const text = useText();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const next = scheme === 'dark' ? 'light' : 'dark';
  const Icon = next === 'dark' ? IconMoon : IconSun;
  return (
    <ActionIcon size="lg" aria-label={text(`app.scheme.${next}`)} onClick={() => setColorScheme(next)}>
      <Icon aria-hidden size={20} stroke={1.6} />
    </ActionIcon>
  );
}

function PersonMenu() {
  const text = useText();
  const { identity, signOut } = useSession();
  const [account, setAccount] = useState(false);
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <UnstyledButton
            className="lw-person"
            aria-label={text('app.person-menu', { name: identity.displayName })}
          >
            <span aria-hidden className="lw-avatar">
              {initials(identity.displayName)}
            </span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown aria-label={identity.displayName}>
          <Menu.Label>
            {identity.displayName} · {identity.organizationName}
          </Menu.Label>
          <Menu.Item leftSection={<IconUserCircle aria-hidden size={16} />} onClick={() => setAccount(true)}>
            {text('credentials.account')}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout aria-hidden size={16} />} onClick={signOut}>
            {text('app.sign-out')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {account && <AccountDialog login={identity.login} onClose={() => setAccount(false)} />}
    </>
  );
}
