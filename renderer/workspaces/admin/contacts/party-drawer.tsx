import { useState } from 'react';
import { Button, Drawer, Switch, Textarea, TextInput } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { emailText, phoneText } from '#contract/people';
import type { PartyDetail, PartyKind } from '#contract/contacts';
import type { ErrorShape } from '#contract/errors';
import { useCoreMutation, useCoreQuery, useInvalidate } from '../../../client/hooks.ts';
import { Fact, Facts, Loading } from '../../../ui/blocks.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { useText } from '../../../ui/messages.ts';
import type { MessageKey } from '../../../ui/messages.ts';
import { useNotify } from '../../../ui/notify.tsx';
import { KeyNotice } from '../people/key-notice.tsx';
import { useMayKeep } from './use-may-keep.ts';

interface Draft {
  readonly code: string;
  readonly name: string;
  readonly active: boolean;
  readonly email: string;
  readonly phone: string;
  readonly address: string;
}

/** @param id null: a new one. */
export function PartyDrawer({
  kind,
  id,
  onClose,
}: {
  readonly kind: PartyKind;
  readonly id: string | null;
  readonly onClose: () => void;
}) {
  const text = useText();
  const notify = useNotify();
  const invalidate = useInvalidate();
  const party = useCoreQuery('contacts.party', { kind, id: id ?? '' }, { enabled: id !== null, staleMs: 0 });
  const options = {
    stale: ['contacts.list', 'contacts.party'] as const,
    onSuccess: () => {
      notify.done(text('app.saved'));
      onClose();
    },
  };
  const create = useCoreMutation('contacts.create', options);
  const update = useCoreMutation('contacts.update', options);
  const save = ({ code, name, active, ...contacts }: Draft) => {
    const given = {
      name,
      active,
      email: contacts.email.trim() || null,
      phone: contacts.phone.trim() || null,
      address: contacts.address,
    };
    if (id === null && kind !== 'order') create.mutate({ kind, code, ...given });
    else if (id !== null && party.data) {
      // An order keeps the name that its sales system gave it, even none.
      const sent = kind === 'order' ? { ...given, name: party.data.name || party.data.code } : given;
      update.mutate({ kind, id, version: party.data.version, ...sent });
    }
  };
  const problem = id === null ? null : party.error;
  const creating = id === null && kind !== 'order';
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={520}
      title={creating ? text(`contacts.new.${kind}`) : (party.data?.name ?? '')}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      {problem && <ErrorNotice error={problem} onRetry={() => party.refetch()} />}
      {id !== null && party.isPending && <Loading rows={6} height={48} />}
      {(creating || party.data) && (
        <PartyForm
          key={party.data?.version ?? 0}
          kind={kind}
          party={party.data ?? null}
          pending={create.isPending || update.isPending}
          error={create.error ?? update.error}
          onSave={save}
          onCancel={onClose}
          onLoadTheirs={() => {
            update.reset();
            invalidate('contacts.party', 'contacts.list');
          }}
        />
      )}
    </Drawer>
  );
}

function PartyForm({
  kind,
  party,
  pending,
  error,
  onSave,
  onCancel,
  onLoadTheirs,
}: {
  readonly kind: PartyKind;
  readonly party: PartyDetail | null;
  readonly pending: boolean;
  readonly error: ErrorShape | null;
  readonly onSave: (draft: Draft) => void;
  readonly onCancel: () => void;
  readonly onLoadTheirs: () => void;
}) {
  const text = useText();
  const mayKeep = useMayKeep();
  const [draft, setDraft] = useState<Draft>({
    code: party?.code ?? '',
    name: party?.name ?? '',
    active: party?.active ?? true,
    email: party?.email ?? '',
    phone: party?.phone ?? '',
    address: party?.address ?? '',
  });
  const [tried, setTried] = useState(false);
  const closed = !mayKeep(kind) || (party !== null && party.problem !== null);
  const errors = errorsIn(draft, kind);
  const typed = (field: Exclude<keyof Draft, 'active'>, maxLength: number) => {
    const key = tried ? errors[field] : undefined;
    return {
      value: draft[field],
      maxLength,
      error: key ? text(key) : null,
      onChange: (event: { readonly currentTarget: { readonly value: string } }) => {
        const { value } = event.currentTarget;
        setDraft((before) => ({ ...before, [field]: value }));
      },
    };
  };
  return (
    <form
      className="admin-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (Object.keys(errors).length === 0) onSave(draft);
      }}
    >
      {party?.problem && <KeyNotice problem={party.problem} />}
      {party && (
        <Facts>
          <Fact name={text('contacts.code')}>{party.code}</Fact>
          {kind === 'order' && <Fact name={text('contacts.name')}>{party.name || '–'}</Fact>}
        </Facts>
      )}
      <fieldset className="people-fields" disabled={closed || pending}>
        {kind !== 'order' && (
          <TextInput label={text('contacts.name')} required withAsterisk={false} {...typed('name', 200)} />
        )}
        {party === null && (
          <TextInput label={text('contacts.code')} required withAsterisk={false} {...typed('code', 200)} />
        )}
        <TextInput label={text('people.email')} type="email" {...typed('email', 254)} />
        <TextInput label={text('people.phone')} type="tel" {...typed('phone', 40)} />
        <Textarea
          label={text(`contacts.address.${kind}`)}
          autosize
          minRows={2}
          maxRows={6}
          {...typed('address', 500)}
        />
        {kind !== 'order' && (
          <Switch
            label={text('contacts.is-active')}
            checked={draft.active}
            onChange={(event) => setDraft({ ...draft, active: event.currentTarget.checked })}
          />
        )}
      </fieldset>
      {error && <ErrorNotice error={error} compact />}
      {error?.code === 'Conflict' && (
        <Button variant="default" leftSection={<IconRefresh aria-hidden size={16} />} onClick={onLoadTheirs}>
          {text('people.load-theirs')}
        </Button>
      )}
      <div className="admin-form-actions people-save">
        <Button variant="default" onClick={onCancel}>
          {text(closed ? 'app.close' : 'app.cancel')}
        </Button>
        {!closed && (
          <Button type="submit" loading={pending}>
            {text('people.save')}
          </Button>
        )}
      </div>
    </form>
  );
}

function errorsIn(draft: Draft, kind: PartyKind): Partial<Record<keyof Draft, MessageKey>> {
  const named = kind === 'order';
  return {
    ...(named || draft.name.trim() ? {} : { name: 'people.name-missing' }),
    ...(named || draft.code.trim() ? {} : { code: 'contacts.code-missing' }),
    ...(draft.email.trim() && !emailText.safeParse(draft.email).success
      ? { email: 'people.email-form' }
      : {}),
    ...(draft.phone.trim() && !phoneText.safeParse(draft.phone).success
      ? { phone: 'people.phone-form' }
      : {}),
    ...(named && !draft.address.trim() ? { address: 'contacts.address-missing' } : {}),
  };
}
