/** What the form holds of a person, what is wrong with it, and what is sent. */
import { emailText, loginText, phoneText } from '#contract/people';
import type { PeopleChoices, PersonDetail } from '#contract/people';
import type { InputAt } from '../../../client/paths.ts';
import type { MessageKey } from '../../../ui/messages.ts';

export const accessLevels = ['look', 'work', 'delete'] as const;
export type AccessLevel = (typeof accessLevels)[number];

export interface PersonDraft {
  readonly login: string;
  readonly displayName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly employeeCode: string;
  readonly email: string;
  readonly phone: string;
  readonly roleIds: readonly string[];
  /** By plant, in the order they were chosen. */
  readonly access: ReadonlyMap<string, AccessLevel>;
  readonly homePlantId: string;
  readonly stations: readonly string[];
}

export type DraftErrors = Partial<Record<keyof PersonDraft, MessageKey>>;

export function draftOf(person: PersonDetail | null, plantId: string): PersonDraft {
  return {
    login: person?.login ?? '',
    displayName: person?.displayName ?? '',
    givenName: person?.givenName ?? '',
    familyName: person?.familyName ?? '',
    employeeCode: person?.employeeCode ?? '',
    email: person?.email ?? '',
    phone: person?.phone ?? '',
    roleIds: person?.roles.filter(({ everywhere }) => everywhere).map(({ id }) => id) ?? [],
    access: new Map(
      person?.plants.map(({ id, mayWrite, mayDelete }) => [
        id,
        mayDelete ? 'delete' : mayWrite ? 'work' : 'look',
      ]) ?? [[plantId, 'work']],
    ),
    homePlantId: person?.homePlantId ?? plantId,
    stations: person?.stations ?? [],
  };
}

/** Other plants: what is chosen stays as it was, the home and the stations follow. */
export function withPlants(
  draft: PersonDraft,
  plantIds: readonly string[],
  stations: PeopleChoices['stations'],
): PersonDraft {
  const access = new Map(plantIds.map((id) => [id, draft.access.get(id) ?? 'work']));
  const reachable = new Set(stations.filter(({ plantId }) => access.has(plantId)).map(({ code }) => code));
  return {
    ...draft,
    access,
    homePlantId: access.has(draft.homePlantId) ? draft.homePlantId : (plantIds[0] ?? ''),
    stations: draft.stations.filter((code) => reachable.has(code)),
  };
}

export function errorsIn(draft: PersonDraft, isNew: boolean): DraftErrors {
  return {
    ...(isNew && !loginText.safeParse(draft.login).success ? { login: 'people.login-form' } : {}),
    ...(draft.displayName.trim() ? {} : { displayName: 'people.name-missing' }),
    ...(draft.email.trim() && !emailText.safeParse(draft.email).success
      ? { email: 'people.email-form' }
      : {}),
    ...(draft.phone.trim() && !phoneText.safeParse(draft.phone).success
      ? { phone: 'people.phone-form' }
      : {}),
    ...(draft.access.size > 0 ? {} : { access: 'people.plants-missing' }),
  };
}

/** @param withContacts false: they cannot be read here, and stay as they are. */
export function givenBy(
  draft: PersonDraft,
  withContacts: boolean,
): Omit<InputAt<'people.update'>, 'id' | 'version'> {
  return {
    displayName: draft.displayName,
    givenName: draft.givenName,
    familyName: draft.familyName,
    employeeCode: draft.employeeCode,
    homePlantId: draft.homePlantId,
    roleIds: [...draft.roleIds],
    plants: [...draft.access].map(([id, level]) => ({
      id,
      mayWrite: level !== 'look',
      mayDelete: level === 'delete',
    })),
    stations: [...draft.stations],
    ...(withContacts
      ? { contacts: { email: draft.email.trim() || null, phone: draft.phone.trim() || null } }
      : {}),
  };
}
