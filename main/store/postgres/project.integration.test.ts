import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { layGround } from './ground.fixture.ts';
import type { Ground } from './ground.fixture.ts';
import { actAs, addPerson } from './person.fixture.ts';
import type { Person } from './person.fixture.ts';

let database: TestDatabase;
let owner: pg.Client;
let desk: pg.Client;
let ground: Ground;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  desk = new pg.Client({ connectionString: database.appUrl });
  await Promise.all([owner.connect(), desk.connect()]);
  ground = await layGround(owner);
});
afterAll(async () => {
  await Promise.all([owner.end(), desk.end()]);
  await database.drop();
});

async function insert(
  table: string,
  values: Record<string, unknown>,
  client: pg.Client = owner,
): Promise<string> {
  const id = uuidv7();
  const all = Object.entries({ organization_id: ground.organizationId, id, ...values }).filter(
    ([, value]) => value !== undefined,
  );
  await client.query(
    `INSERT INTO ${table} (${all.map(([name]) => name).join()}) VALUES (${all.map((_, at) => `$${at + 1}`).join()})`,
    all.map(([, value]) => value),
  );
  return id;
}

let made = 0;
const project = (values: Record<string, unknown> = {}) =>
  insert('project.projects', {
    number: `P-${++made}`,
    name: 'Pump station',
    plant_id: ground.plantId,
    ...values,
  });
const task = (project_id: string, values: Record<string, unknown> = {}) =>
  insert('project.tasks', { project_id, title: 'Draw it', ...values });

const person = (...plantIds: string[]) =>
  addPerson(owner, ground.organizationId, ['project:write'], plantIds);
const as = <T>(who: Person, work: () => Promise<T>) => actAs(desk, who, work);
const sees = (who: Person, table: string, id: string) =>
  as(who, async () => (await desk.query(`SELECT FROM ${table} WHERE id = $1`, [id])).rowCount === 1);

describe('tasks', () => {
  const circle = { code: 'LW001', message: 'refusal.would-form-circle' };

  test('do not wait for themselves through others', async () => {
    const one = await project();
    const [draw, build, trial] = [await task(one), await task(one), await task(one)];
    const wait = (task_id: string, depends_on_id: string) =>
      insert('project.task_dependencies', { id: undefined, project_id: one, task_id, depends_on_id });
    await wait(build, draw);
    await wait(trial, build);
    await expect(wait(draw, trial)).rejects.toMatchObject(circle);
  });

  test('are not steps of their own steps, nor of a task of another project', async () => {
    const [one, other] = [await project(), await project()];
    const whole = await task(one);
    const step = await task(one, { parent_id: whole });
    await expect(
      owner.query('UPDATE project.tasks SET parent_id = $1 WHERE id = $2', [step, whole]),
    ).rejects.toMatchObject(circle);
    await expect(task(other, { parent_id: whole })).rejects.toMatchObject({ code: '23503' });
  });
});

test('who answered for a project, until when and why, is kept', async () => {
  const [first, second] = [await person(ground.plantId), await person(ground.plantId)];
  const one = await project({ owner_id: first.id, assignment_mode: 'auto', assigned_at: new Date() });
  await as(second, () =>
    desk.query(
      `UPDATE project.projects SET owner_id = $2, assignment_mode = 'manual', assignment_reason = 'Holiday' WHERE id = $1`,
      [one, second.id],
    ),
  );
  await owner.query(`UPDATE project.projects SET name = 'Another name' WHERE id = $1`, [one]);
  const { rows } = await owner.query(
    `SELECT previous_owner_id, new_owner_id, mode, changed_by, reason FROM project.ownership_history
     WHERE project_id = $1 ORDER BY changed_at`,
    [one],
  );
  expect(rows).toEqual([
    { previous_owner_id: null, new_owner_id: first.id, mode: 'auto', changed_by: null, reason: null },
    {
      previous_owner_id: first.id,
      new_owner_id: second.id,
      mode: 'manual',
      changed_by: second.id,
      reason: 'Holiday',
    },
  ]);
});

describe('a part of a project', () => {
  test('stands in its plant, whatever was said, and moves with it', async () => {
    const one = await project();
    const part = await task(one, { plant_id: ground.otherPlantId });
    const plantOf = async () =>
      (await owner.query<{ plant_id: string }>('SELECT plant_id FROM project.tasks WHERE id = $1', [part]))
        .rows[0];
    expect(await plantOf()).toEqual({ plant_id: ground.plantId });
    await owner.query('UPDATE project.projects SET plant_id = $2 WHERE id = $1', [one, ground.otherPlantId]);
    expect(await plantOf()).toEqual({ plant_id: ground.otherPlantId });
  });

  test('is put by people of that plant only', async () => {
    const stranger = await person(ground.otherPlantId);
    const put = (project_id: string) =>
      as(stranger, () =>
        insert('project.tasks', { project_id, title: 'Mine', plant_id: ground.otherPlantId }, desk),
      );
    await put(await project({ plant_id: ground.otherPlantId }));
    await expect(put(await project())).rejects.toMatchObject({ code: '42501' });
  });
});

describe('a private project', () => {
  test('is seen, with its parts, by its people only', async () => {
    const member = await person(ground.plantId);
    const manager = await person(ground.plantId);
    const colleague = await person(ground.plantId);
    const one = await project({ visibility: 'private', manager_id: manager.id });
    const part = await task(one);
    await insert('project.members', { id: undefined, project_id: one, user_id: member.id });
    for (const who of [member, manager]) {
      expect(await sees(who, 'project.projects', one)).toBe(true);
      expect(await sees(who, 'project.tasks', part)).toBe(true);
    }
    expect(await sees(colleague, 'project.projects', one)).toBe(false);
    expect(await sees(colleague, 'project.tasks', part)).toBe(false);
    await expect(
      as(colleague, () =>
        insert('project.members', { id: undefined, project_id: one, user_id: colleague.id }, desk),
      ),
    ).rejects.toMatchObject({ code: '42501' });
  });
});

test('nobody comments in the name of another, or edits what another said', async () => {
  const [one, other] = [await person(ground.plantId), await person(ground.plantId)];
  const project_id = await project();
  const task_id = await task(project_id);
  const comment = (author_id: string) => ({ project_id, task_id, author_id, content: 'Looks good.' });
  const id = await as(one, () => insert('project.comments', comment(one.id), desk));
  await expect(as(other, () => insert('project.comments', comment(one.id), desk))).rejects.toMatchObject({
    code: '42501',
  });
  const edited = await as(other, () =>
    desk.query(`UPDATE project.comments SET content = 'Never.' WHERE id = $1`, [id]),
  );
  expect(edited.rowCount).toBe(0);
});
