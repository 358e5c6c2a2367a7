import type { ReactNode } from 'react';
import { useFeed } from '../client/feed.ts';
import { useText } from '../ui/messages.ts';
import { ConnectionBanner } from './connection-banner.tsx';

/** What stands around every page that needs nobody to be signed in. */
export function SignInFrame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const text = useText();
  const status = useFeed((feed) => feed.status);
  return (
    <div className="lw-sign-in">
      <ConnectionBanner />
      <main className="lw-sign-in-panel">
        <header>
          <img src={new URL('./mark.svg', import.meta.url).href} alt="" width={44} height={44} />
          <div>
            <h1>{title}</h1>
            <p>
              {status
                ? text('app.sign-in.station', { station: status.station.name, code: status.station.code })
                : text('app.tagline')}
            </p>
          </div>
        </header>
        {children}
      </main>
      <footer className="lw-sign-in-foot">
        {text('app.name')}
        {status && <> {status.version}</>}
      </footer>
    </div>
  );
}
