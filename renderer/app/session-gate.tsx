/** Shows the sign-in page, what needs nobody to be signed in, or what is behind it, and keeps the chosen plant. */
import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Loader } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { QueryClient, UseQueryResult } from '@tanstack/react-query';
import { RawIntlProvider, createIntl, createIntlCache } from 'react-intl';
import { Route, Switch, useLocation } from 'wouter';
import type { ErrorShape } from '#contract/errors';
import type { Identity } from '#contract/session';
import { errorShapeOf } from '../client/errors.ts';
import { useFeed } from '../client/feed.ts';
import { useConnection, useCoreEvents, useCoreQuery } from '../client/hooks.ts';
import type { OutputAt } from '../client/paths.ts';
import { ErrorNotice } from '../ui/error-notice.tsx';
import { formats, locale, messages, useText } from '../ui/messages.ts';
import { useNotify } from '../ui/notify.tsx';
import { SessionContext } from '../ui/session.ts';
import type { Session } from '../ui/session.ts';
import { ForgottenPassword } from './forgotten-password.tsx';
import { NewPassword } from './new-password.tsx';
import { SignIn } from './sign-in.tsx';
import { VerifyEmail } from './verify-email.tsx';

const currentKey = ['session', 'current', {}] as const;

/** All that the core said to whoever was signed in. */
function forgetAnswers(queries: QueryClient): void {
  queries.removeQueries({
    predicate: ({ queryKey: [subject, name] }) => subject !== 'session' || name !== 'current',
  });
}

export function SessionGate({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const connection = useConnection();
  const notify = useNotify();
  const [, navigate] = useLocation();
  const current = useCoreQuery('session.current', {});
  const [endedBy, setEndedBy] = useState<string | null>(null);
  const [passwordSet, setPasswordSet] = useState(false);

  useCoreEvents((event) => {
    if (event.type !== 'signed-out') return;
    // Who pressed the button needs not be told.
    setEndedBy(event.reason === 'signed-out' ? null : event.reason);
    forgetAnswers(queries);
  });

  // A core that starts answers before its database does: who may sign in is known once that is there.
  const databaseState = useFeed((feed) => feed.status?.database.state);
  const { refetch } = current;
  useEffect(() => {
    if (databaseState === 'online') void refetch();
  }, [databaseState, refetch]);

  // With the code of a mail in hand one may still be signed in here, as oneself or as a colleague at the same desk.
  const onPasswordSet = async () => {
    if (current.data?.identity) {
      await connection.signOut().catch((thrown: unknown) => notify.failed(errorShapeOf(thrown)));
      forgetAnswers(queries);
      await queries.invalidateQueries({ queryKey: ['session'] });
    }
    setPasswordSet(true);
    navigate('/', { replace: true });
  };

  return (
    <Switch>
      <Route path="/forgotten-password">
        <ForgottenPassword />
      </Route>
      <Route path="/password/:code?">
        <NewPassword onSet={() => void onPasswordSet()} />
      </Route>
      <Route path="/verify-email/:code?">
        <VerifyEmail />
      </Route>
      <Route>
        <Gate
          current={current}
          endedBy={endedBy}
          passwordSet={passwordSet}
          onSignedIn={(identity) => {
            setEndedBy(null);
            setPasswordSet(false);
            queries.setQueryData(currentKey, (before: Current | undefined) => ({
              demo: before?.demo ?? [],
              identity,
            }));
            void queries.invalidateQueries();
          }}
        >
          {children}
        </Gate>
      </Route>
    </Switch>
  );
}

type Current = OutputAt<'session.current'>;

function Gate({
  current,
  endedBy,
  passwordSet,
  onSignedIn,
  children,
}: {
  readonly current: UseQueryResult<Current, ErrorShape>;
  readonly endedBy: string | null;
  readonly passwordSet: boolean;
  readonly onSignedIn: (identity: Identity) => void;
  readonly children: ReactNode;
}) {
  const text = useText();
  if (current.data?.identity) {
    return (
      <SignedIn key={current.data.identity.sessionId} identity={current.data.identity}>
        {children}
      </SignedIn>
    );
  }
  if (current.data) {
    return (
      <SignIn
        demo={current.data.demo}
        endedBy={endedBy}
        done={passwordSet ? 'credentials.new.done' : null}
        onSignedIn={onSignedIn}
      />
    );
  }
  return (
    <main className="lw-splash">
      <img src={new URL('./mark.svg', import.meta.url).href} alt="" width={56} height={56} />
      <h1>{text('app.name')}</h1>
      {current.error ? <ErrorNotice error={current.error} onRetry={() => current.refetch()} /> : <Starting />}
    </main>
  );
}

function Starting() {
  const text = useText();
  const core = useFeed((feed) => feed.core);
  const down = core?.phase === 'down';
  return (
    <output className="lw-splash-state">
      <Loader size="sm" aria-hidden />
      <span>{text(down ? 'app.core.down' : 'app.core.starting')}</span>
      {down && (
        <Button variant="default" size="xs" onClick={() => location.reload()}>
          {text('app.reload')}
        </Button>
      )}
    </output>
  );
}

function SignedIn({ identity, children }: { readonly identity: Identity; readonly children: ReactNode }) {
  const connection = useConnection();
  const queries = useQueryClient();
  const notify = useNotify();
  const storageKey = `lanewright.plant.${identity.userId}`;
  const [plantId, setPlantId] = useState(() => localStorage.getItem(storageKey) ?? identity.homePlantId);
  const plant =
    identity.plants.find((each) => each.id === plantId) ??
    identity.plants.find((each) => each.id === identity.homePlantId) ??
    identity.plants[0];

  const session = useMemo<Session | null>(() => {
    if (!plant) return null;
    const held = new Set(identity.permissions);
    return {
      identity,
      plant,
      may: (permission) => held.has(permission),
      choosePlant(id) {
        localStorage.setItem(storageKey, id);
        setPlantId(id);
      },
      signOut() {
        connection.signOut().then(
          () => {
            forgetAnswers(queries);
            return queries.invalidateQueries({ queryKey: ['session'] });
          },
          (thrown: unknown) => notify.failed(errorShapeOf(thrown)),
        );
      },
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `notify` is made anew each time and always does the same.
  }, [identity, plant, connection, queries, storageKey]);

  // Every date and time behind the sign-in page is the plant's.
  const timeZone = plant?.timeZone;
  const intl = useMemo(
    () =>
      createIntl(
        { locale, messages: { ...messages }, formats, ...(timeZone ? { timeZone } : {}) },
        createIntlCache(),
      ),
    [timeZone],
  );
  const text = useText();
  if (!session) {
    return (
      <main className="lw-splash">
        <h1>{text('app.no-plant.title')}</h1>
        <p>{text('app.no-plant')}</p>
        <Button
          variant="default"
          onClick={() => void connection.signOut().then(() => queries.invalidateQueries())}
        >
          {text('app.sign-out')}
        </Button>
      </main>
    );
  }
  return (
    <RawIntlProvider value={intl}>
      <SessionContext value={session}>{children}</SessionContext>
    </RawIntlProvider>
  );
}
