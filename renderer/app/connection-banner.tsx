import { IconPlugConnectedX, IconRefreshAlert } from '@tabler/icons-react';
import { useFeed } from '../client/feed.ts';
import { useText } from '../ui/messages.ts';
import { useNow } from '../ui/time.tsx';

/** A lost socket that is back within this time is not worth a word. */
const patienceMs = 1_200;

/** Says across the top that the core is away, what happens next, and that nothing saved is lost. */
export function ConnectionBanner() {
  const text = useText();
  const { connected, everConnected, connectionSince, retryAt, core } = useFeed();
  const now = useNow(500);
  const crashed = core?.phase === 'down';
  const lost = !connected && everConnected && now - connectionSince > patienceMs;
  const never = !connected && !everConnected && now - connectionSince > 5_000;
  if (!crashed && !lost && !never) return null;
  const seconds = retryAt ? Math.max(0, Math.ceil((retryAt - now) / 1000)) : 0;
  const Icon = crashed ? IconRefreshAlert : IconPlugConnectedX;
  return (
    <div className="lw-banner" role="alert">
      <Icon aria-hidden size={20} />
      <strong>{text(crashed ? 'app.core.crashed' : 'app.core.lost')}</strong>
      <span>
        {retryAt && seconds > 0 ? text('app.core.retry-in', { seconds }) : text('app.core.retrying')}{' '}
        {text('app.core.kept')}
      </span>
    </div>
  );
}
