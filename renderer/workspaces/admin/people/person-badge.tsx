import { IconBan, IconCheck, IconKey, IconLock } from '@tabler/icons-react';
import type { PersonRow } from '#contract/people';
import { Badge } from '../../../ui/badges.tsx';
import type { Tone } from '../../../ui/badges.tsx';
import { useText } from '../../../ui/messages.ts';

const look = {
  active: { tone: 'good', icon: IconCheck },
  locked: { tone: 'bad', icon: IconLock },
  'no-password': { tone: 'info', icon: IconKey },
  inactive: { tone: 'off', icon: IconBan },
} as const satisfies Record<string, { tone: Tone; icon: typeof IconBan }>;

export type PersonState = keyof typeof look;

export function personState(person: Pick<PersonRow, 'active' | 'lockedUntil' | 'hasPassword'>): PersonState {
  if (!person.active) return 'inactive';
  if (person.lockedUntil !== null) return 'locked';
  return person.hasPassword ? 'active' : 'no-password';
}

export function PersonBadge({
  person,
}: {
  readonly person: Pick<PersonRow, 'active' | 'lockedUntil' | 'hasPassword'>;
}) {
  const text = useText();
  const state = personState(person);
  const { tone, icon: Icon } = look[state];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden size={14} />}>
      {text(`people.state.${state}`)}
    </Badge>
  );
}
