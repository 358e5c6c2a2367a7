/**
 * People of the organization, for who keeps them. The database's doors weigh what may be given to whom;
 * personal data is encrypted and decrypted here, with keys that the database never sees.
 */
import { sql } from 'kysely';
import { conflict, notFound } from '#contract/errors';
import type { PasswordCode, PeopleChoices, people, PersonDetail } from '#contract/people';
import type { OutputOf, ParsedInputOf } from '#contract/procedures';
import { byteaArray, personEmail, personPhone, seal, soughtAs, unseal } from '#main/pii/personal-columns';
import type { Pii } from '#main/pii/pii';
import type { Core, DatabaseTransaction, SignedInCall } from '#main/services/core';
import { opened } from './opened.ts';
import { readChoices, readContacts, readPeople } from './queries.ts';

type Given = Omit<ParsedInputOf<typeof people.update>, 'id' | 'version'>;

export function createPeopleService(core: Core) {
  const inTransaction = <T>(
    call: SignedInCall,
    name: string,
    work: (transaction: DatabaseTransaction) => Promise<T>,
  ): Promise<T> => core.database.transaction({ token: call.signedIn.token }, `people.${name}`, work);

  /** A door that says whether it found the person. */
  const found = async (
    call: SignedInCall,
    name: string,
    door: ReturnType<typeof sql<{ found: boolean }>>,
  ) => {
    const done = await inTransaction(
      call,
      name,
      async (transaction) => (await door.execute(transaction)).rows[0],
    );
    if (done?.found !== true) throw notFound('error.unknown-person');
    return null;
  };

  const detail = async (call: SignedInCall, id: string): Promise<PersonDetail> => {
    const { person, contacts } = await inTransaction(call, 'person', async (transaction) => ({
      person: (await readPeople(transaction, nobodySought, id))[0],
      contacts: await readContacts(transaction, id),
    }));
    if (!person || !contacts) throw notFound('error.unknown-person');
    const read = await opened(core, (pii) => ({
      email: unseal(pii, personEmail, id, contacts.email_cipher),
      phone: unseal(pii, personPhone, id, contacts.phone_cipher),
    }));
    return {
      ...person,
      email: read.value?.email ?? null,
      emailVerifiedAt: contacts.email_verified_at?.getTime() ?? null,
      phone: read.value?.phone ?? null,
      problem: read.problem,
      beyond: contacts.beyond,
    };
  };

  return {
    async list(
      call: SignedInCall,
      { text }: ParsedInputOf<typeof people.list>,
    ): Promise<OutputOf<typeof people.list>> {
      const { email, phone } = soughtAs(text);
      const indexes = await opened(core, (pii) => ({
        emailIndexes: email === null ? [] : pii.blindIndexes('email', email),
        phoneIndexes: phone === null ? [] : pii.blindIndexes('phone', phone),
      }));
      const rows = await inTransaction(call, 'list', (transaction) =>
        readPeople(transaction, { ...nobodySought, text, ...indexes.value }),
      );
      return { people: rows, problem: indexes.problem };
    },

    /** @throws NotFound `error.unknown-person`. */
    person: (call: SignedInCall, { id }: ParsedInputOf<typeof people.person>) => detail(call, id),

    choices: (call: SignedInCall): Promise<PeopleChoices> => inTransaction(call, 'choices', readChoices),

    /**
     * @throws Refused `refusal.people-…` as the doors say; Unavailable `error.pii-…` where contacts are given and
     * the key is not here.
     */
    async create(
      call: SignedInCall,
      { login, ...given }: ParsedInputOf<typeof people.create>,
    ): Promise<OutputOf<typeof people.create>> {
      const id = core.newId();
      const pii = given.contacts ? await core.pii() : null;
      return inTransaction(call, 'create', async (transaction) => {
        await savePerson(transaction, id, null, { ...given, login });
        if (pii) await saveContacts(transaction, pii, id, given);
        return { id, code: await giveCode(transaction, id) };
      });
    },

    /** @throws NotFound; Conflict `error.person-changed` with the person as they stand; Refused; Unavailable. */
    async update(
      call: SignedInCall,
      { id, version, ...given }: ParsedInputOf<typeof people.update>,
    ): Promise<null> {
      const pii = given.contacts ? await core.pii() : null;
      const outcome = await inTransaction(call, 'update', async (transaction) => {
        const saved = await savePerson(transaction, id, version, given);
        if (saved === 'saved' && pii) await saveContacts(transaction, pii, id, given);
        return saved;
      });
      if (outcome === 'gone') throw notFound('error.unknown-person');
      if (outcome === 'changed') throw conflict('error.person-changed', await detail(call, id));
      return null;
    },

    deactivate: (call: SignedInCall, { id, reason }: ParsedInputOf<typeof people.deactivate>) =>
      found(call, 'deactivate', sql`SELECT identity.deactivate_person(${id}, ${reason}) AS found`),

    activate: (call: SignedInCall, { id }: ParsedInputOf<typeof people.activate>) =>
      found(call, 'activate', sql`SELECT identity.activate_person(${id}) AS found`),

    /** Nothing to lift is as good as lifted. */
    async unlock(call: SignedInCall, { id }: ParsedInputOf<typeof people.unlock>): Promise<null> {
      await inTransaction(call, 'unlock', (transaction) =>
        sql`SELECT identity.unlock(${id})`.execute(transaction),
      );
      return null;
    },

    newCode: (call: SignedInCall, { id }: ParsedInputOf<typeof people.newCode>): Promise<PasswordCode> =>
      inTransaction(call, 'new-code', (transaction) => giveCode(transaction, id)),
  };
}

const nobodySought = { text: '', emailIndexes: [], phoneIndexes: [] };

async function savePerson(
  transaction: DatabaseTransaction,
  id: string,
  version: number | null,
  given: Given & { readonly login?: string },
): Promise<string> {
  const wanted = {
    login: given.login,
    display_name: given.displayName,
    given_name: given.givenName,
    family_name: given.familyName,
    employee_code: given.employeeCode,
    home_plant_id: given.homePlantId,
    roles: given.roleIds,
    plants: given.plants.map((plant) => ({
      id: plant.id,
      may_write: plant.mayWrite,
      may_delete: plant.mayWrite && plant.mayDelete,
    })),
    stations: given.stations,
  };
  const { rows } = await sql<{ outcome: string }>`
    SELECT identity.save_person(${id}, ${version}, ${JSON.stringify(wanted)}) AS outcome`.execute(
    transaction,
  );
  return rows[0]?.outcome ?? 'gone';
}

async function saveContacts(
  transaction: DatabaseTransaction,
  pii: Pii,
  id: string,
  { contacts }: Given,
): Promise<void> {
  const email = contacts?.email ? seal(pii, personEmail, id, contacts.email) : null;
  const phone = contacts?.phone ? seal(pii, personPhone, id, contacts.phone) : null;
  await sql`SELECT identity.set_contacts(${id}, ${email?.cipher ?? null}, ${byteaArray(email?.indexes ?? [])},
    ${phone?.cipher ?? null}, ${byteaArray(phone?.indexes ?? [])})`.execute(transaction);
}

async function giveCode(transaction: DatabaseTransaction, id: string): Promise<PasswordCode> {
  const { rows } = await sql<{ code: string; expires_at: Date }>`
    SELECT code, expires_at FROM identity.give_password_code(${id})`.execute(transaction);
  const [given] = rows;
  if (!given) throw notFound('error.unknown-person');
  return { code: given.code, expiresAt: given.expires_at.getTime() };
}
