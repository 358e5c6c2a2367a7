import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RawIntlProvider } from 'react-intl';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { Frame } from './app/frame.tsx';
import { SessionGate } from './app/session-gate.tsx';
import { createConnection } from './client/connection.ts';
import { ConnectionContext } from './client/hooks.ts';
import { cssVariables, theme } from './theme.ts';
import { defaultIntl } from './ui/messages.ts';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Events say when an answer is stale; a call that finds no channel waits for one by itself.
      staleTime: Infinity,
      gcTime: 5 * 60_000,
      retry: false,
      networkMode: 'always',
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
const connection = createConnection(queries);
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={cssVariables}>
      <RawIntlProvider value={defaultIntl}>
        <QueryClientProvider client={queries}>
          <ConnectionContext value={connection}>
            <Router hook={useHashLocation}>
              <Notifications position="top-right" limit={4} />
              <SessionGate>
                <Frame />
              </SessionGate>
            </Router>
          </ConnectionContext>
        </QueryClientProvider>
      </RawIntlProvider>
    </MantineProvider>
  </StrictMode>,
);
