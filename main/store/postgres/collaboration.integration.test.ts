import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findByCode } from '#main/services/genealogy/queries';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import {
  fillTwoWorks,
  outcome,
  type Person,
  type Row,
  type TwoWorks,
  tokenOf,
} from '../../../tests/support/two-works.ts';
import { connectDatabase } from './connect.ts';

let at: TwoWorks;
let appUrl: string;
beforeAll(async () => {
  const database = await createTestDatabase();
  ({ appUrl } = database);
  at = await fillTwoWorks(database);
});
afterAll(() => at.drop());

let made = 0;
const ours = () => ({ organization_id: at.pumps.organizationId });
const theirs = () => ({ organization_id: at.mill.organizationId });

describe('a data-room contract', () => {
  let roomId: string;
  let contractId: string;
  let lotId: string;
  beforeAll(async () => {
    lotId = await at.insert('trace.lots', {
      ...ours(),
      plant_id: at.pumps.plantId,
      number: 'LOT-SHARED',
      material_id: at.pumps.materialId,
      quantity: 5,
      unit: 'pcs',
      status: 'released',
      made_at: new Date(),
    });
    roomId = await at.insert('sharing.data_rooms', { ...ours(), name: 'Impellers' });
    contractId = await at.insert('sharing.contracts', {
      ...ours(),
      data_room_id: roomId,
      participant_organization_id: at.mill.organizationId,
      starts_at: new Date(0),
    });
    await at.owner.query(
      `INSERT INTO sharing.contract_scopes (organization_id, contract_id, scope) VALUES ($1, $2, 'lots')`,
      [at.pumps.organizationId, contractId],
    );
  });
  const lots = async (who: Person) =>
    (await at.as<{ id: string }>(who, 'SELECT id FROM trace.lots')).map(({ id }) => id);
  const change = (what: string) =>
    at.owner.query(`UPDATE sharing.contracts SET ${what} WHERE id = $1`, [contractId]);

  test('grants nothing while it waits, and its owner cannot accept it for the other', async () => {
    expect(await lots('miller')).toEqual([]);
    const accept = at.as(
      'quality',
      `UPDATE sharing.contracts SET status = 'active', accepted_by = $2, accepted_at = now() WHERE id = $1`,
      [contractId, at.users.miller],
    );
    expect(await outcome(accept)).toBe('refusal.contract-accepted-by-other');
    expect(
      await outcome(
        at.as('quality', `UPDATE sharing.contracts SET status = 'active' WHERE id = $1`, [contractId]),
      ),
    ).toBe('contracts_accepted');
  });

  test('is answered by the other organization, by whoever may', async () => {
    const answer = (who: Person) =>
      outcome(at.as(who, 'SELECT sharing.answer_contract($1, true)', [contractId]));
    expect(await answer('quality')).toBe('refusal.no-contract-to-answer');
    expect(await answer('apprentice')).toBe('42501');
    expect(await answer('miller')).toBe('ok');
    expect(await answer('miller')).toBe('refusal.no-contract-to-answer');
    expect(await at.as('miller', 'SELECT status, accepted_by FROM sharing.contracts')).toEqual([
      { status: 'active', accepted_by: at.users.miller },
    ]);
    expect(await at.as('miller', 'SELECT name FROM sharing.data_rooms')).toEqual([{ name: 'Impellers' }]);
    expect(await at.as('miller', 'SELECT name FROM sharing.partners()')).toEqual([{ name: 'PUMPS' }]);
  });

  test('opens its scope for reading, and nothing else', async () => {
    expect(await lots('miller')).toEqual([lotId]);
    expect(
      await at.as('miller', 'SELECT id FROM material.materials WHERE id = $1', [at.pumps.materialId]),
    ).toEqual([]);
    expect(await at.as('miller', 'UPDATE trace.lots SET quantity = 1 RETURNING id')).toEqual([]);
    expect(await at.as('miller', 'UPDATE sharing.contracts SET expires_at = NULL RETURNING id')).toEqual([]);
  });

  test('does not answer for what is asked for in the own organization', async () => {
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const desk = connectDatabase({ connectionString: appUrl, log: quiet, onState: () => {} });
    const find = (who: Person) =>
      desk.transaction({ token: tokenOf(who) }, 'find', (transaction) =>
        findByCode(transaction, 'lot', 'LOT-SHARED'),
      );
    expect(await find('quality')).toBe(lotId);
    expect(await find('miller')).toBeUndefined();
    await desk.close();
  });

  test('ends with its time, with the time of its scope, with its room, and when it is revoked', async () => {
    const gone = new Date(Date.now() - 1000);
    const seen = async () => (await lots('miller')).length;
    const scope = (when: Date | null) =>
      at.owner.query('UPDATE sharing.contract_scopes SET expires_at = $1', [when]);
    const room = (when: Date | null) =>
      at.owner.query('UPDATE sharing.data_rooms SET closed_at = $1', [when]);
    await change(`expires_at = now() - interval '1 second'`);
    expect(await seen()).toBe(0);
    await change('expires_at = NULL');
    await scope(gone);
    expect(await seen()).toBe(0);
    await scope(null);
    await room(gone);
    expect(await seen()).toBe(0);
    await room(null);
    await change(`starts_at = now() + interval '1 hour'`);
    expect(await seen()).toBe(0);
    await change(`starts_at = '2020-01-01'`);
    expect(await seen()).toBe(1);
    await change(`status = 'revoked', ended_at = now()`);
    expect(await seen()).toBe(0);
    await change(`status = 'active', ended_at = NULL`);
  });

  test('for one thing opens no other, and one that is revoked nothing, whatever else is granted', async () => {
    const other = await at.insert('sharing.contracts', {
      ...ours(),
      data_room_id: roomId,
      participant_organization_id: at.mill.organizationId,
      starts_at: new Date(0),
    });
    await at.owner.query(
      `INSERT INTO sharing.contract_scopes (organization_id, contract_id, scope) VALUES ($1, $2, 'genealogy')`,
      [at.pumps.organizationId, other],
    );
    await at.as('miller', 'SELECT sharing.answer_contract($1, true)', [other]);
    expect(await lots('miller')).toEqual([lotId]);
    await change(`status = 'revoked', ended_at = now()`);
    expect(await lots('miller')).toEqual([]);
    await change(`status = 'active', ended_at = NULL`);
    await at.owner.query('DELETE FROM sharing.contracts WHERE id = $1', [other]);
  });

  test('serves those alone who are named in the room', async () => {
    expect(await lots('apprentice')).toEqual([lotId]);
    await at.insert('sharing.data_room_members', {
      ...ours(),
      data_room_id: roomId,
      member_organization_id: at.mill.organizationId,
      user_id: at.users.miller,
    });
    expect(await lots('apprentice')).toEqual([]);
    expect(await lots('miller')).toEqual([lotId]);
  });

  test('has scopes that mean something, and stays between the two', async () => {
    const scope = at.owner.query(
      `INSERT INTO sharing.contract_scopes (organization_id, contract_id, scope) VALUES ($1, $2, 'everything')`,
      [at.pumps.organizationId, contractId],
    );
    expect(await outcome(scope)).toBe('refusal.unknown-scope');
    const roomOfTheirs = await at.insert('sharing.data_rooms', { ...ours(), name: 'Other' });
    expect(await outcome(change(`data_room_id = '${roomOfTheirs}'`))).toBe('refusal.contract-parties-stand');
  });

  test('is asked for through a door, once at a time, and seen by both', async () => {
    const ask = (who: Person, room: string) =>
      outcome(at.as(who, `SELECT sharing.request_access($1, 'please')`, [room]));
    expect(await ask('miller', roomId)).toBe('ok');
    expect(await ask('miller', roomId)).toBe('ok');
    expect(await ask('apprentice', roomId)).toBe('42501');
    expect(await ask('quality', roomId)).toBe('refusal.unknown-data-room');
    const seen = (who: Person) => at.as(who, 'SELECT status, message FROM sharing.access_requests');
    expect(await seen('miller')).toEqual([{ status: 'pending', message: 'please' }]);
    expect(await seen('quality')).toEqual(await seen('miller'));
    const forge = at.as(
      'miller',
      `INSERT INTO sharing.access_requests (organization_id, data_room_id, requester_organization_id, requested_by)
       VALUES ($1, $2, $3, $4)`,
      [at.pumps.organizationId, roomId, at.mill.organizationId, at.users.miller],
    );
    expect(await outcome(forge)).toBe('42501');
  });
});

describe('notifications', () => {
  test('reach people of the own organization, who read and mark their own', async () => {
    const everyone = Object.values(at.users);
    const send = (who: Person) =>
      at.as<{ told: number }>(who, `SELECT notify.send($1, 'ncr_created', 'NCR-1') AS told`, [everyone]);
    expect(await send('planner')).toEqual([{ told: 3 }]);
    expect(await outcome(send('inspector'))).toBe('42501');
    const own = await at.as<{ id: string }>('inspector', 'SELECT id FROM notify.notifications');
    expect(own).toHaveLength(1);
    expect(await at.as('miller', 'SELECT id FROM notify.notifications')).toEqual([]);
    const mark = (who: Person) =>
      at.as<{ marked: number }>(who, 'SELECT notify.mark_read($1) AS marked', [own.map(({ id }) => id)]);
    expect(await mark('quality')).toEqual([{ marked: 0 }]);
    expect(await mark('inspector')).toEqual([{ marked: 1 }]);
    expect(await mark('inspector')).toEqual([{ marked: 0 }]);
  });

  test.each(['https://elsewhere.example', '//elsewhere.example', 'javascript:alert(1)', '/\\elsewhere'])(
    'do not lead to %s',
    async (link) => {
      const send = at.as('planner', `SELECT notify.send($1, 'hint', 'Look', NULL, $2)`, [
        [at.users.quality],
        link,
      ]);
      expect(await outcome(send)).toBe('notifications_link');
    },
  );
});

describe('what the assistant proposes', () => {
  const propose = async () => {
    const conversationId = await at.insert('assist.conversations', { ...ours(), user_id: at.users.quality });
    const messageId = await at.insert('assist.messages', {
      ...ours(),
      conversation_id: conversationId,
      user_id: at.users.quality,
      role: 'assistant',
      content: 'Shall I?',
    });
    return at.insert('assist.approvals', {
      ...ours(),
      conversation_id: conversationId,
      message_id: messageId,
      requested_for: at.users.quality,
      action: 'lanes.edit',
      payload: {},
      summary: 'Move WO-000001/10',
    });
  };
  const set = (who: Person, id: string, what: string) =>
    outcome(at.as(who, `UPDATE assist.approvals SET ${what} WHERE id = $1`, [id]));
  const decided = (login: Person) => `decided_at = now(), decided_by = '${at.users[login]}'`;

  test('is done after somebody approved it in their own name, as it was approved', async () => {
    const id = await propose();
    const execute = `status = 'executed', executed_at = now()`;
    expect(await set('quality', id, `${execute}, ${decided('quality')}`)).toBe('refusal.approval-needed');
    expect(await set('quality', id, `status = 'approved', ${decided('inspector')}`)).toBe(
      'refusal.approval-in-own-name',
    );
    expect(await set('quality', id, `status = 'approved', ${decided('quality')}`)).toBe('ok');
    expect(await set('quality', id, `payload = '{"to": "elsewhere"}'`)).toBe(
      'refusal.approval-payload-stands',
    );
    expect(await set('quality', id, execute)).toBe('ok');
  });

  test('is not approved after its time', async () => {
    const id = await propose();
    await at.owner.query(`UPDATE assist.approvals SET expires_at = now() WHERE id = $1`, [id]);
    expect(await set('quality', id, `status = 'approved', ${decided('quality')}`)).toBe(
      'refusal.approval-expired',
    );
  });

  test('and what is said stays between it and the person', async () => {
    await propose();
    expect(await at.as('inspector', 'SELECT id FROM assist.messages')).toEqual([]);
    expect((await at.as('quality', 'SELECT id FROM assist.messages')).length).toBeGreaterThan(0);
    const [conversation] = await at.as<{ id: string }>(
      'quality',
      'SELECT id FROM assist.conversations LIMIT 1',
    );
    const intrude = at.as(
      'inspector',
      `INSERT INTO assist.messages (organization_id, id, conversation_id, user_id, role, content)
       VALUES ($1, app.uuidv7(), $2, $3, 'user', 'hello')`,
      [at.pumps.organizationId, conversation?.id, at.users.inspector],
    );
    expect(await outcome(intrude)).toBe('messages_organization_id_conversation_id_user_id_fkey');
  });
});

describe('integration', () => {
  test('a webhook goes to https, and is told once of an event, signed', async () => {
    const webhook = (url: string) => ({
      ...theirs(),
      url,
      events: ['lots'],
      secret_cipher: Buffer.from('sealed'),
      key_id: 'k1',
    });
    const address = 'https://erp.example/hook';
    for (const url of ['http://erp.example', 'https:///x', 'file:///etc/passwd', 'https:// x']) {
      expect(await outcome(at.insert('integration.webhooks', webhook(url)))).toBe('webhooks_url_check');
    }
    const webhookId = await at.insert('integration.webhooks', webhook(address));
    const delivery = (more: Row) =>
      outcome(
        at.insert('integration.webhook_deliveries', {
          ...theirs(),
          webhook_id: webhookId,
          event: 'lots',
          event_id: webhookId,
          payload: '{}',
          signed_at: new Date(),
          signature: 'ab'.repeat(32),
          ...more,
        }),
      );
    expect(await delivery({ signature: 'not hex' })).toBe('webhook_deliveries_signature_check');
    expect(await delivery({ status: 'retry', attempts: 1 })).toBe('webhook_deliveries_retry');
    expect(await delivery({ status: 'delivered', attempts: 1 })).toBe('webhook_deliveries_delivered');
    expect(await delivery({})).toBe('ok');
    expect(await delivery({})).toBe('webhook_deliveries_organization_id_webhook_id_event_id_key');
  });

  test('a connector runs one exchange of a kind at a time, and keeps its secrets sealed or not at all', async () => {
    const connector = { ...theirs(), kind: 'sap', name: `SAP ${++made}` };
    expect(
      await outcome(
        at.insert('integration.connectors', { ...connector, credentials_cipher: Buffer.from('sealed') }),
      ),
    ).toBe('connectors_key');
    const connectorId = await at.insert('integration.connectors', connector);
    const run = (more: Row) =>
      outcome(
        at.insert('integration.sync_jobs', {
          ...theirs(),
          connector_id: connectorId,
          kind: 'material_master',
          direction: 'inbound',
          status: 'running',
          started_at: new Date(),
          ...more,
        }),
      );
    expect(await run({})).toBe('ok');
    expect(await run({})).toBe('sync_jobs_one_running');
    expect(await run({ kind: 'invoice' })).toBe('ok');
    expect(await run({ status: 'completed' })).toBe('sync_jobs_status');
    expect(await at.as('apprentice', 'SELECT id FROM integration.connectors')).toEqual([]);
    expect(await at.as('miller', 'SELECT id FROM integration.connectors')).toEqual([{ id: connectorId }]);
  });

  test('a staged row is imported with what it became, and refused with a reason', async () => {
    const batchId = await at.insert('integration.import_batches', {
      ...theirs(),
      target: 'equipment.machines',
      file_name: 'machines.csv',
      format: 'csv',
    });
    const stage = async (more: Row) => {
      const row = { ...theirs(), import_batch_id: batchId, row_no: ++made, raw: {}, ...more };
      const names = Object.keys(row);
      return outcome(
        at.owner.query(
          `INSERT INTO integration.import_rows (${names.join()}) VALUES (${names.map((_, n) => `$${n + 1}`).join()})`,
          Object.values(row),
        ),
      );
    };
    expect(await stage({})).toBe('ok');
    expect(await stage({ status: 'invalid' })).toBe('import_rows_errors');
    expect(await stage({ status: 'invalid', errors: '[{"column": "code"}]' })).toBe('ok');
    expect(await stage({ status: 'imported' })).toBe('import_rows_target');
  });
});
