/** The command line's `organization` and `people`: what the owner does before there is an administrator. */
import type { Command } from 'commander';
import { emailText, loginText, phoneText } from '#contract/people';
import { refused } from '#contract/errors';
import { addOrganization, addPerson, addStation, listAccounts } from '#main/people/as-owner';
import type { NewAccount } from '#main/people/as-owner';
import { openPersonalData } from '#main/pii/personal-data';
import type { DatabaseCommandHost } from './cli-database.ts';

interface AccountOptions {
  readonly login: string;
  readonly name: string;
  readonly role: readonly string[];
  readonly plant: readonly string[];
  readonly organization?: string;
}

const several = (value: string, before: readonly string[] = []): string[] => [...before, value];

export function registerPeopleCommands(program: Command, host: DatabaseCommandHost): void {
  const { texts, print, withOwner, dataDir } = host;

  program
    .command('organization')
    .description('the organizations of the database')
    .command('add')
    .requiredOption('--code <code>', '2 to 20 of A-Z, 0-9 and -')
    .requiredOption('--name <name>', 'as people call it')
    .requiredOption('--gs1-prefix <digits>', 'GS1 company prefix, 4 to 12 digits: SSCCs begin with it')
    .requiredOption('--plant <code>', 'its first plant, 2 to 20 of A-Z, 0-9 and -')
    .requiredOption('--plant-name <name>', 'as people call it')
    .requiredOption('--time-zone <zone>', 'IANA name, for example Europe/Berlin')
    .description('make an organization with its first plant and the usual roles')
    .action(
      async (given: {
        code: string;
        name: string;
        gs1Prefix: string;
        plant: string;
        plantName: string;
        timeZone: string;
      }) => {
        if (!Intl.supportedValuesOf('timeZone').includes(given.timeZone)) {
          throw refused('refusal.owner-time-zone', { zone: given.timeZone });
        }
        const plant = { code: given.plant, name: given.plantName, timeZone: given.timeZone };
        const made = await withOwner((ownerUrl) =>
          addOrganization(ownerUrl, {
            code: given.code,
            name: given.name,
            gs1CompanyPrefix: given.gs1Prefix,
            plant,
          }),
        );
        print(made, () => [texts('owner.organization-made', { name: given.name, code: given.code })]);
      },
    );

  const people = program.command('people').description('accounts of people and stations, as the owner');
  const account = (name: string, description: string) =>
    people
      .command(name)
      .requiredOption('--login <login>', 'small letters, digits, dots, hyphens, underscores or @')
      .requiredOption('--name <name>', 'as it is shown')
      .requiredOption('--role <code>', 'again for several', several)
      .requiredOption('--plant <code>', 'the first is the home; again for several', several)
      .option('--organization <code>', 'where the database has several')
      .description(description);

  account('add', 'make a person, and print the code that they set a password with')
    .option('--station <code>', 'whose records they see; again for several', several)
    .option('--email <address>', 'kept encrypted')
    .option('--phone <number>', 'kept encrypted')
    .action(
      async (given: AccountOptions & { station?: readonly string[]; email?: string; phone?: string }) => {
        const contacts = contactsOf(given.email ?? null, given.phone ?? null);
        const pii = contacts.email || contacts.phone ? await openPersonalData(dataDir)() : null;
        const made = await withOwner((ownerUrl) =>
          addPerson(ownerUrl, { ...accountOf(given), stations: given.station ?? [], contacts }, pii),
        );
        print(made, () => [
          texts('owner.person-made', { login: given.login, code: made.code.match(/.{5}/g)?.join('-') ?? '' }),
        ]);
      },
    );

  account('add-station', 'make the account of a station, and print the secret for its settings')
    .requiredOption('--station <code>', 'station.code of its settings')
    .action(async (given: AccountOptions & { station: string }) => {
      const made = await withOwner((ownerUrl) =>
        addStation(ownerUrl, {
          ...accountOf(given),
          stations: [],
          contacts: { email: null, phone: null },
          station: given.station,
        }),
      );
      print(made, () => [texts('owner.station-made', { login: given.login, secret: made.secret })]);
    });

  people
    .command('list')
    .description('all accounts of the database')
    .action(async () => {
      const accounts = await withOwner(listAccounts);
      print(accounts, () =>
        accounts.map((one) =>
          texts(one.active ? 'owner.account' : 'owner.account-inactive', {
            organization: one.organization,
            kind: one.kind,
            login: one.login,
            name: one.name,
            roles: one.roles.join(', '),
            plants: one.plants.join(', '),
          }),
        ),
      );
    });
}

function accountOf(given: AccountOptions): Omit<NewAccount, 'stations' | 'contacts'> {
  const login = loginText.safeParse(given.login);
  if (!login.success) throw refused('refusal.owner-login-form');
  return {
    organization: given.organization,
    login: login.data,
    name: given.name,
    roles: given.role,
    plants: given.plant,
  };
}

function contactsOf(email: string | null, phone: string | null): NewAccount['contacts'] {
  if (!emailText.safeParse(email).success) throw refused('refusal.owner-email-form');
  if (!phoneText.safeParse(phone).success) throw refused('refusal.owner-phone-form');
  return { email, phone };
}
