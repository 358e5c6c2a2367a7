/** Every procedure of the core, by subject: the only thing that both sides know. */
import { contacts } from './contacts.ts';
import { events } from './events.ts';
import { genealogy } from './genealogy.ts';
import { jobs } from './jobs.ts';
import { lanes } from './lanes.ts';
import { line } from './line.ts';
import { packing } from './packing.ts';
import { people } from './people.ts';
import { records } from './records.ts';
import { schedules } from './schedules.ts';
import { session } from './session.ts';
import { simulators } from './simulators.ts';
import { stations } from './stations.ts';
import { system } from './system.ts';

export const contract = {
  session,
  system,
  events,
  lanes,
  schedules,
  stations,
  line,
  packing,
  genealogy,
  records,
  jobs,
  people,
  contacts,
  simulators,
};
export type Contract = typeof contract;
