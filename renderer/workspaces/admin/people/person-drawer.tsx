import { Button, Drawer } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { PasswordCode, PeopleChoices, PersonDetail } from '#contract/people';
import { useCoreMutation, useCoreQuery, useInvalidate } from '../../../client/hooks.ts';
import { Loading } from '../../../ui/blocks.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { useText } from '../../../ui/messages.ts';
import { useNotify } from '../../../ui/notify.tsx';
import { useSession } from '../../../ui/session.ts';
import { KeyNotice } from './key-notice.tsx';
import { PersonActions } from './person-actions.tsx';
import { givenBy } from './person-draft.ts';
import { PersonForm } from './person-form.tsx';

type OnCode = (name: string, code: PasswordCode) => void;

/** @param id null: somebody new. */
export function PersonDrawer({
  id,
  onClose,
  onCode,
}: {
  readonly id: string | null;
  readonly onClose: () => void;
  readonly onCode: OnCode;
}) {
  const text = useText();
  const choices = useCoreQuery('people.choices', {}, { staleMs: 0 });
  const person = useCoreQuery('people.person', { id: id ?? '' }, { enabled: id !== null, staleMs: 0 });
  const error = choices.error ?? (id === null ? null : person.error);
  const title = id === null ? text('people.new') : (person.data?.displayName ?? '');
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={560}
      title={title}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      {error && (
        <ErrorNotice
          error={error}
          onRetry={() => {
            void choices.refetch();
            if (id !== null) void person.refetch();
          }}
        />
      )}
      {choices.data && id === null && <NewPerson choices={choices.data} onClose={onClose} onCode={onCode} />}
      {choices.data && person.data && (
        <KnownPerson
          // What somebody else changed meanwhile begins the form anew.
          key={person.data.version}
          person={person.data}
          choices={choices.data}
          onClose={onClose}
          onCode={onCode}
        />
      )}
      {!error && (choices.isPending || (id !== null && person.isPending)) && <Loading rows={8} height={48} />}
    </Drawer>
  );
}

function NewPerson({
  choices,
  onClose,
  onCode,
}: {
  readonly choices: PeopleChoices;
  readonly onClose: () => void;
  readonly onCode: OnCode;
}) {
  const create = useCoreMutation('people.create', {
    stale: ['people.list', 'people.choices'],
    onSuccess: ({ code }, { displayName }) => {
      onClose();
      onCode(displayName, code);
    },
  });
  return (
    <PersonForm
      person={null}
      choices={choices}
      disabled={false}
      pending={create.isPending}
      onCancel={onClose}
      onSave={(draft) =>
        create.mutate({
          login: draft.login,
          // Without a contact the key is not needed.
          ...givenBy(draft, draft.email.trim() !== '' || draft.phone.trim() !== ''),
        })
      }
    >
      {create.error && <ErrorNotice error={create.error} compact />}
    </PersonForm>
  );
}

function KnownPerson({
  person,
  choices,
  onClose,
  onCode,
}: {
  readonly person: PersonDetail;
  readonly choices: PeopleChoices;
  readonly onClose: () => void;
  readonly onCode: OnCode;
}) {
  const text = useText();
  const notify = useNotify();
  const invalidate = useInvalidate();
  const { may } = useSession();
  const mayChange = may('admin:write') && person.beyond === null;
  const update = useCoreMutation('people.update', {
    stale: ['people.list', 'people.person'],
    onSuccess: () => {
      notify.done(text('app.saved'));
      onClose();
    },
  });
  return (
    <div className="admin-form">
      {person.beyond !== null && (
        <p className="people-beyond">{text('people.beyond', { beyond: person.beyond })}</p>
      )}
      {person.problem && <KeyNotice problem={person.problem} />}
      <PersonActions
        person={person}
        mayChange={mayChange}
        onCode={(code) => onCode(person.displayName, code)}
      />
      <PersonForm
        person={person}
        choices={choices}
        disabled={!mayChange}
        pending={update.isPending}
        onCancel={onClose}
        onSave={(draft) =>
          update.mutate({
            id: person.id,
            version: person.version,
            ...givenBy(draft, person.problem === null),
          })
        }
      >
        {update.error && <ErrorNotice error={update.error} compact />}
        {update.error?.code === 'Conflict' && (
          <Button
            variant="default"
            leftSection={<IconRefresh aria-hidden size={16} />}
            onClick={() => invalidate('people.person', 'people.list')}
          >
            {text('people.load-theirs')}
          </Button>
        )}
      </PersonForm>
    </div>
  );
}
