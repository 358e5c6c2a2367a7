import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personalColumn, seal } from '#main/pii/personal-columns';
import { openPersonalData } from '#main/pii/personal-data';
import type { SignedInCall } from '#main/services/core';
import { signInAs } from '../../../tests/support/person-with.ts';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import { createContactsService } from './service.ts';

let at: ServiceCore;
let owner: pg.Client;
let contacts: ReturnType<typeof createContactsService>;
let admin: SignedInCall;

const refusal = (reason: string) => ({ shape: expect.objectContaining({ reason }) });
const known = { email: 'buyer@example.com', phone: '+49 381 123 456', address: 'Deichweg 3, 18055 Rostock' };
let codes = 0;
const party = (kind: 'customer' | 'supplier', more: object = {}) => ({
  kind,
  code: `C-${(codes += 1)}`,
  name: 'Wasserwerke Ostufer',
  active: true,
  ...known,
  ...more,
});

beforeAll(async () => {
  at = await startServiceCore();
  owner = new pg.Client({ connectionString: at.ownerUrl });
  await owner.connect();
  contacts = createContactsService(at.core);
  const { organizationId, pumps } = at.plant;
  const permissions = ['admin:read', 'admin:write', 'material:write', 'order:write'];
  ({ call: admin } = await signInAs(owner, { organizationId, plants: [pumps], permissions }));
}, 60_000);
afterAll(async () => {
  await owner.end();
  await at.close();
});

describe.each(['customer', 'supplier'] as const)('a %s', (kind) => {
  test('is made and changed, and read by who keeps it', async () => {
    const { id } = await contacts.create(admin, party(kind));
    const made = await contacts.party(admin, { kind, id });
    expect(made).toMatchObject({ name: 'Wasserwerke Ostufer', ...known, problem: null });
    await contacts.update(admin, {
      kind,
      id,
      version: made.version,
      name: 'Ostufer',
      active: false,
      ...known,
      phone: null,
    });
    expect(await contacts.party(admin, { kind, id })).toMatchObject({
      name: 'Ostufer',
      active: false,
      phone: null,
    });
    await expect(
      contacts.update(admin, { kind, id, version: made.version, name: 'Late', active: true, ...known }),
    ).rejects.toMatchObject(refusal('error.party-changed'));
  });

  test('is found by code, name, and the whole address or number', async () => {
    const unlike = { email: `only.${kind}@example.com`, phone: '0049 381 777 00 77' };
    const { id } = await contacts.create(admin, party(kind, { name: `Found ${kind}`, ...unlike }));
    const find = async (text: string) =>
      (await contacts.list(admin, { kind, text })).parties.map((one) => one.id);
    expect(await find(`found ${kind}`)).toEqual([id]);
    expect(await find(`Only.${kind}@EXAMPLE.com`)).toEqual([id]);
    expect(await find('+49 (381) 777-00-77')).toEqual([id]);
    expect(await find(`nly.${kind}@example.com`)).toEqual([]);
  });

  test('has a code of its own', async () => {
    const first = party(kind);
    await contacts.create(admin, first);
    await expect(contacts.create(admin, party(kind, { code: first.code }))).rejects.toMatchObject(
      refusal('refusal.party-code-taken'),
    );
  });

  test('is listed without the key, but not read or written', async () => {
    const { id } = await contacts.create(admin, party(kind));
    const without = createContactsService({ ...at.core, pii: openPersonalData('/nowhere', {}) });
    expect((await without.list(admin, { kind, text: '' })).problem?.reason).toBe('error.pii-key-missing');
    expect(await without.party(admin, { kind, id })).toMatchObject({
      name: 'Wasserwerke Ostufer',
      email: null,
      hasEmail: true,
      address: kind === 'supplier' ? known.address : null,
    });
    await expect(without.create(admin, party(kind))).rejects.toMatchObject(refusal('error.pii-key-missing'));
  });
});

test('nothing personal stands in the tables or the log', async () => {
  await contacts.create(admin, party('customer'));
  const { rows } = await owner.query<{ row: string }>(
    `SELECT l::text AS row FROM org.locations l
     UNION ALL SELECT encode(address_cipher || email_cipher || phone_cipher, 'escape') FROM org.locations WHERE kind = 'customer'
     UNION ALL SELECT after::text FROM audit.log WHERE target = 'org.locations'`,
  );
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.map(({ row }) => row).join('\n')).not.toMatch(/buyer|Deichweg|381 123/);
});

test('of an order the contacts are changed, and its address kept', async () => {
  const { organizationId: organization_id, pumps } = at.plant;
  const [unit, store, system, id] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  const put = (table: string, row: Record<string, unknown>) =>
    owner.query(
      `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.keys(row)
        .map((_, n) => `$${n + 1}`)
        .join()})`,
      Object.values(row),
    );
  await put('org.business_units', { organization_id, id: unit, country_code: 'DE', code: 'U', name: 'Unit' });
  await put('org.stores', { organization_id, id: store, business_unit_id: unit, code: 'S', name: 'Store' });
  await put('orders.sales_systems', { organization_id, id: system, code: 'SHOP', name: 'Shop' });
  const address = personalColumn('orders.service_orders', 'service_address');
  const { cipher, indexes } = seal(await at.core.pii(), address, id, 'Alte Gasse 1');
  await put('orders.service_orders', {
    organization_id,
    id,
    plant_id: pumps,
    country_code: 'DE',
    business_unit_id: unit,
    store_id: store,
    sales_system_id: system,
    channel: 'online',
    sales_order_id: 'SO-1',
    service_type: 'installation',
    customer_id: uuidv7(),
    customer_name: 'Ostufer',
    ordered_at: new Date(),
    service_address_cipher: cipher,
    service_address_index: indexes[0],
  });
  const kind = 'order' as const;
  const before = await contacts.party(admin, { kind, id });
  expect(before).toMatchObject({ code: 'SO-1', name: 'Ostufer', address: 'Alte Gasse 1', email: null });
  const named = { name: 'Ostufer', active: true };
  await contacts.update(admin, { kind, id, version: before.version, ...named, ...known });
  expect(await contacts.party(admin, { kind, id })).toMatchObject(known);
  const found = await contacts.list(admin, { kind, text: ' deichweg 3,  18055 ROSTOCK' });
  expect(found.parties.map((one) => one.id)).toEqual([id]);
  await expect(
    contacts.update(admin, { kind, id, version: before.version + 1, ...named, ...known, address: null }),
  ).rejects.toMatchObject(refusal('refusal.party-address-needed'));
});

test('who may not keep suppliers does not write them, and another organization sees none', async () => {
  const { organizationId, pumps } = at.plant;
  const { id } = await contacts.create(admin, party('supplier'));
  const keeps = ['admin:read', 'admin:write'];
  const { call } = await signInAs(owner, { organizationId, plants: [pumps], permissions: keeps });
  await expect(contacts.create(call, party('supplier'))).rejects.toMatchObject(
    refusal('error.no-permission'),
  );

  const [elsewhere, plant] = [uuidv7(), uuidv7()];
  await owner.query(
    `INSERT INTO org.organizations (id, code, name, gs1_company_prefix) VALUES ($1, 'ELSEWHERE', 'Elsewhere', '9521234')`,
    [elsewhere],
  );
  await owner.query(
    `INSERT INTO org.plants (organization_id, id, code, name, time_zone) VALUES ($1, $2, 'P1', 'P1', 'UTC')`,
    [elsewhere, plant],
  );
  const permissions = [...keeps, 'material:write'];
  const stranger = await signInAs(owner, { organizationId: elsewhere, plants: [plant], permissions });
  expect((await contacts.list(stranger.call, { kind: 'supplier', text: '' })).parties).toEqual([]);
  for (const attempt of [
    () => contacts.party(stranger.call, { kind: 'supplier', id }),
    () =>
      contacts.update(stranger.call, { kind: 'supplier', id, version: 1, name: 'x', active: true, ...known }),
  ]) {
    await expect(attempt()).rejects.toMatchObject(refusal('error.unknown-party'));
  }
});
