import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Button, MultiSelect, NativeSelect, TextInput } from '@mantine/core';
import type { PeopleChoices, PersonDetail } from '#contract/people';
import { useText } from '../../../ui/messages.ts';
import { useSession } from '../../../ui/session.ts';
import { accessLevels, draftOf, errorsIn, withPlants } from './person-draft.ts';
import type { PersonDraft } from './person-draft.ts';

/** @param person null: somebody new. */
export function PersonForm({
  person,
  choices,
  disabled,
  pending,
  onSave,
  onCancel,
  children,
}: {
  readonly person: PersonDetail | null;
  readonly choices: PeopleChoices;
  readonly disabled: boolean;
  readonly pending: boolean;
  readonly onSave: (draft: PersonDraft) => void;
  readonly onCancel: () => void;
  /** What went wrong when it was saved. */
  readonly children?: ReactNode;
}) {
  const text = useText();
  const { plant } = useSession();
  const [draft, setDraft] = useState(() => draftOf(person, plant.id));
  const [tried, setTried] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const isNew = person === null;
  useEffect(() => {
    if (isNew) first.current?.focus();
  }, [isNew]);
  const errors = errorsIn(draft, isNew);
  const errorOf = (field: keyof PersonDraft) => {
    const key = tried ? errors[field] : undefined;
    return key ? text(key) : null;
  };
  const typed = (
    field: 'login' | 'displayName' | 'givenName' | 'familyName' | 'employeeCode' | 'email' | 'phone',
  ) => ({
    value: draft[field],
    maxLength: field === 'email' ? 254 : 100,
    error: errorOf(field),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => {
      const { value } = event.currentTarget;
      setDraft((before) => ({ ...before, [field]: value }));
    },
  });
  const plantName = (id: string) => {
    const found = choices.plants.find((each) => each.id === id);
    return found
      ? `${found.name} (${found.code})`
      : (person?.plants.find((each) => each.id === id)?.code ?? id);
  };
  const bound = person?.roles.filter(({ everywhere }) => !everywhere) ?? [];
  const contactsClosed = person !== null && person.problem !== null;
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
      <fieldset className="people-fields" disabled={disabled || pending}>
        <TextInput
          label={text('people.name')}
          required
          withAsterisk={false}
          ref={first}
          {...typed('displayName')}
        />
        {person === null && (
          <TextInput
            label={text('people.login')}
            description={text('people.login-detail')}
            required
            withAsterisk={false}
            autoComplete="off"
            {...typed('login')}
          />
        )}
        <div className="people-pair">
          <TextInput label={text('people.given-name')} {...typed('givenName')} />
          <TextInput label={text('people.family-name')} {...typed('familyName')} />
        </div>
        <TextInput label={text('people.employee-code')} {...typed('employeeCode')} />
        <h3 className="lw-section-title">{text('people.contacts')}</h3>
        <div className="people-pair">
          <TextInput
            label={text('people.email')}
            type="email"
            disabled={contactsClosed}
            {...typed('email')}
          />
          <TextInput label={text('people.phone')} type="tel" disabled={contactsClosed} {...typed('phone')} />
        </div>
        <h3 className="lw-section-title">{text('people.rights')}</h3>
        <MultiSelect
          label={text('people.roles')}
          searchable
          hidePickedOptions={false}
          value={[...draft.roleIds]}
          onChange={(roleIds) => setDraft({ ...draft, roleIds })}
          nothingFoundMessage={text('people.nothing-like-it')}
          data={choices.roles.map(({ id, name, notHeld }) => ({
            value: id,
            label:
              notHeld === null ? name : text('people.role-not-held', { role: name, permission: notHeld }),
            disabled: notHeld !== null && !draft.roleIds.includes(id),
          }))}
        />
        {bound.length > 0 && (
          <p className="lw-dim">
            {text('people.roles-bound', { roles: bound.map(({ name }) => name).join(', ') })}
          </p>
        )}
        <MultiSelect
          label={text('people.plants')}
          searchable
          value={[...draft.access.keys()]}
          error={errorOf('access')}
          onChange={(ids) => setDraft(withPlants(draft, ids, choices.stations))}
          nothingFoundMessage={text('people.nothing-like-it')}
          data={choices.plants.map(({ id, mayGive }) => ({
            value: id,
            label: plantName(id),
            disabled: !mayGive && !draft.access.has(id),
          }))}
        />
        {[...draft.access].map(([id, level]) => (
          <NativeSelect
            key={id}
            label={text('people.access', { plant: plantName(id) })}
            value={level}
            data={accessLevels.map((value) => ({ value, label: text(`people.access.${value}`) }))}
            onChange={(event) => {
              const chosen = accessLevels.find((each) => each === event.currentTarget.value) ?? 'look';
              setDraft({ ...draft, access: new Map(draft.access).set(id, chosen) });
            }}
          />
        ))}
        <NativeSelect
          label={text('people.home-plant')}
          description={text('people.home-plant-detail')}
          value={draft.homePlantId}
          data={[...draft.access.keys()].map((value) => ({ value, label: plantName(value) }))}
          onChange={(event) => setDraft({ ...draft, homePlantId: event.currentTarget.value })}
        />
        <MultiSelect
          label={text('people.stations')}
          description={text('people.stations-detail')}
          searchable
          value={[...draft.stations]}
          onChange={(stations) => setDraft({ ...draft, stations })}
          nothingFoundMessage={text('people.nothing-like-it')}
          data={choices.stations
            .filter(({ plantId, code }) => draft.access.has(plantId) || draft.stations.includes(code))
            .map(({ code }) => code)}
        />
      </fieldset>
      {children}
      <div className="admin-form-actions people-save">
        <Button variant="default" onClick={onCancel}>
          {text(disabled ? 'app.close' : 'app.cancel')}
        </Button>
        {!disabled && (
          <Button type="submit" loading={pending}>
            {text(person === null ? 'people.create' : 'people.save')}
          </Button>
        )}
      </div>
    </form>
  );
}
