import type { PartyKind } from '#contract/contacts';
import { useSession } from '../../../ui/session.ts';

const needed = { customer: null, supplier: 'material:write', order: 'order:write' } as const;

/** Whether who is signed in may write contacts of a kind. */
export function useMayKeep(): (kind: PartyKind) => boolean {
  const { may } = useSession();
  return (kind) => {
    const also = needed[kind];
    return may('admin:write') && (also === null || may(also));
  };
}
