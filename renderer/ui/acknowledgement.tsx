import type { Acknowledgement } from '#contract/common';
import { useFeed } from '../client/feed.ts';
import { useText } from './messages.ts';

/**
 * How a station command stands, in the same words everywhere: on disk here at once, with how many wait
 * when the database is slow or away, and in the database once it says so.
 */
export function Acknowledged({ acknowledgement }: { readonly acknowledgement: Acknowledgement }) {
  const text = useText();
  const delivered = useFeed((feed) => feed.delivered.has(acknowledgement.commandId));
  const quarantined = useFeed((feed) => feed.quarantined.has(acknowledgement.commandId));
  const online = useFeed((feed) => feed.status?.database.state === 'online');
  if (quarantined) return <>{text('app.set-aside')}</>;
  if (delivered || acknowledgement.waiting === 0) return <>{text('app.saved')}</>;
  if (online && acknowledgement.waiting === 1) return <>{text('app.saved-here')}</>;
  return <>{text('app.saved-waiting', { waiting: acknowledgement.waiting })}</>;
}
