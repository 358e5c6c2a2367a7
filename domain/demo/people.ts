import type { DemoDefinition } from './definition.ts';
import { get, type Ground } from './facts.ts';

/** Roles, people, operators and the station, with the plants that they see. Ids of users by login. */
export function addPeople(
  { people }: DemoDefinition,
  ground: Ground & { readonly plantIds: ReadonlyMap<string, string>; readonly foundedAt: number },
): Map<string, string> {
  const { own, id, rows, plantIds, foundedAt } = ground;
  const roleIds = new Map<string, string>();
  const userIds = new Map<string, string>();
  for (const role of people.roles) {
    const roleId = id();
    roleIds.set(role.code, roleId);
    rows['identity.roles'].push({ ...own, id: roleId, code: role.code, name: role.name });
    for (const permission of role.permissions) {
      rows['identity.role_permissions'].push({ ...own, role_id: roleId, permission });
    }
  }
  const addUser = (user: {
    readonly login: string;
    readonly displayName: string;
    readonly role: string;
    readonly plants: readonly string[];
    readonly stationCode?: string;
    readonly active: boolean;
  }) => {
    const userId = id();
    userIds.set(user.login, userId);
    rows['identity.users'].push({
      ...own,
      id: userId,
      login: user.login,
      display_name: user.displayName,
      kind: user.stationCode === undefined ? 'person' : 'station',
      station_code: user.stationCode ?? null,
      home_plant_id: get(plantIds, user.plants[0] ?? ''),
      active: user.active,
      created_at: foundedAt,
    });
    rows['identity.user_roles'].push({ ...own, user_id: userId, role_id: get(roleIds, user.role) });
    for (const code of user.plants) {
      rows['identity.user_plant_access'].push({
        ...own,
        user_id: userId,
        plant_id: get(plantIds, code),
        may_write: true,
        may_delete: true,
      });
    }
  };
  for (const person of people.people) addUser({ ...person, active: true });
  for (const operator of people.operators) {
    addUser({ ...operator, role: 'operator', plants: [operator.plant], active: false });
  }
  addUser({ ...people.station, plants: [...plantIds.keys()], active: true });
  return userIds;
}
