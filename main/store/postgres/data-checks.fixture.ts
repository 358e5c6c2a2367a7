/** For each check of the data: rows that it is there to find, and rows next to them that are in order. */
import type { Works } from './analytics.fixture.ts';
import { at, hourMs } from './analytics.fixture.ts';

/** A row to insert (what it does not say is filled in), or a statement with the organization as $1. */
export type Deed = readonly [table: string, row: Readonly<Record<string, unknown>>] | string;

export interface Case {
  readonly check: string;
  readonly what: string;
  readonly found: boolean;
  readonly deeds: (works: Works) => readonly Deed[];
}

const dayMs = 24 * hourMs;
const ago = (ms: number): string => at(Date.now() - ms);
const elsewhere = '01900000-0000-7000-8000-000000000001';

const cases: Case[] = [];
const bad = (check: string, what: string, deeds: Case['deeds']) =>
  cases.push({ check, what, found: true, deeds });
const fine = (check: string, what: string, deeds: Case['deeds']) =>
  cases.push({ check, what, found: false, deeds });

const oee =
  (row: object): Case['deeds'] =>
  ({ machineIds: [machine_id] }) => [['analytics.daily_oee', { machine_id, day: ago(dayMs), ...row }]];
bad('oee_out_of_range', 'above 1', oee({ oee_ratio: 1.01 }));
bad('oee_out_of_range', 'below 0', oee({ oee_ratio: -0.01 }));
fine('oee_out_of_range', 'at its ends', (works) => [
  ...oee({ oee_ratio: 1 })(works),
  ...oee({ oee_ratio: 0, shift_code: 'B' })(works),
]);
fine('oee_out_of_range', 'long ago', oee({ oee_ratio: 1.01, day: ago(100 * dayMs) }));
bad('effectiveness_above_one', 'above 1', oee({ effectiveness_ratio: 1.01 }));
fine('effectiveness_above_one', '1', oee({ effectiveness_ratio: 1 }));
fine('effectiveness_above_one', 'long ago', oee({ effectiveness_ratio: 2, day: ago(100 * dayMs) }));

type Shift = readonly [starts_at: string, ends_at: string, weekdays: readonly number[], active?: boolean];
const shifts =
  (first: Shift, second: Shift, worked = '{A,B}'): Case['deeds'] =>
  () => [
    ...[first, second].map(([starts_at, ends_at, weekdays, active = true], n): Deed => {
      return ['production.shifts', { code: 'AB'[n], starts_at, ends_at, weekdays, active }];
    }),
    `UPDATE production.lanes SET shift_codes = '${worked}' WHERE organization_id = $1`,
  ];
const early: Shift = ['06:00', '14:00', [1]];
bad('shifts_overlap', 'on one day', shifts(early, ['13:59', '20:00', [1]]));
bad('shifts_overlap', 'beginning together', shifts(early, ['06:00', '07:00', [1]]));
bad('shifts_overlap', 'over midnight', shifts(['22:00', '06:00', [2]], ['05:00', '13:00', [3]]));
bad('shifts_overlap', 'from Sunday into Monday', shifts(['22:00', '06:00', [7]], ['05:00', '13:00', [1]]));
fine('shifts_overlap', 'one after the other', shifts(early, ['14:00', '20:00', [1]]));
fine('shifts_overlap', 'after midnight', shifts(['22:00', '06:00', [2]], ['06:00', '13:00', [3]]));
fine('shifts_overlap', 'on other days', shifts(early, ['13:59', '20:00', [2]]));
fine('shifts_overlap', 'no longer worked', shifts(early, ['13:59', '20:00', [1], false]));
fine('shifts_overlap', 'once worked', shifts(['06:00', '14:00', [1], false], ['13:59', '20:00', [1]]));
fine('shifts_overlap', 'not worked on the lane', shifts(early, ['13:59', '20:00', [1]], '{A}'));

const down = (works: Works, row: object, machine = 0): Deed => [
  'equipment.downtime_events',
  { machine_id: works.machineIds[machine], reason_code: 'PM', ...row },
];
const hours = (from: number, to: number) => ({ started_at: ago(from * hourMs), ended_at: ago(to * hourMs) });
bad('downtimes_overlap', 'of one machine', (works) => [down(works, hours(9, 7)), down(works, hours(8, 6))]);
bad('downtimes_overlap', 'with one that lasts', (works) => [
  down(works, { started_at: ago(9 * hourMs) }),
  down(works, hours(8, 6)),
]);
fine('downtimes_overlap', 'of two machines', (works) => [
  down(works, hours(9, 7)),
  down(works, hours(9, 7), 1),
]);
fine('downtimes_overlap', 'one after the other', (works) => [
  down(works, { started_at: at(1e9 * 1800), ended_at: at(1e9 * 1801) }),
  down(works, { started_at: at(1e9 * 1801), ended_at: at(1e9 * 1802) }),
]);
bad('downtimes_unclosed', 'for four days', (works) => [down(works, { started_at: ago(4 * dayMs) })]);
bad('downtimes_unclosed', 'though the machine ran again', (works) => [
  down(works, { started_at: ago(4 * hourMs) }),
  state(works, { state: 'running' }),
]);
fine('downtimes_unclosed', 'for some hours', (works) => [
  down(works, { started_at: ago(4 * hourMs) }),
  state(works, { state: 'idle' }),
  state(works, { state: 'running', at: ago(5 * hourMs), recorded_at: ago(5 * hourMs) }),
  state(works, { state: 'running' }, 1),
]);
bad('downtimes_without_reason', 'two days ago', (works) => [
  down(works, { ...hours(48, 47), reason_code: null }),
]);
fine('downtimes_without_reason', 'this morning', (works) => [
  down(works, { ...hours(8, 7), reason_code: null }),
]);

fine('downtimes_without_reason', 'with one', (works) => [down(works, hours(48, 47))]);
fine('downtimes_without_reason', 'long ago', (works) => [
  down(works, { ...hours(2401, 2400), reason_code: null }),
]);
fine('downtimes_unclosed', 'closed, and the machine ran again', (works) => [
  down(works, hours(100, 99)),
  state(works, { state: 'running' }),
]);

const planned = (works: Works, n: number, from: number, row: object = {}): Deed => [
  'production.operations',
  {
    code: `PLAN-${n}`,
    number: n * 100,
    work_order_id: works.ground.workOrderId,
    status: 'planned',
    lane_id: works.ground.laneId,
    starts_at: at(1.9e12 + from * hourMs),
    ends_at: at(1.9e12 + (from + 2) * hourMs),
    eligible_lane_ids: '{}',
    ...row,
  },
];
bad('plan_overlaps', 'on a lane for one', (works) => [planned(works, 1, 0), planned(works, 2, 1)]);
for (const status of ['ready', 'running', 'paused'])
  bad('plan_overlaps', `with one that is ${status}`, (works) => [
    planned(works, 1, 0, { status }),
    planned(works, 2, 1),
  ]);
fine('plan_overlaps', 'one after the other', (works) => [planned(works, 1, 0), planned(works, 2, 2)]);
fine('plan_overlaps', 'with one that is done', (works) => [
  planned(works, 1, 0, { status: 'completed' }),
  planned(works, 2, 1),
]);
fine('plan_overlaps', 'on two lanes', (works) => [
  [
    'production.lanes',
    { id: elsewhere, area_id: elsewhere, code: 'L-2', position: 2, capacity: 1, shift_codes: '{}' },
  ],
  planned(works, 1, 0, { lane_id: elsewhere }),
  planned(works, 2, 1),
]);
fine('plan_overlaps', 'on a lane for two', (works) => [
  'UPDATE production.lanes SET capacity = 2 WHERE organization_id = $1',
  planned(works, 1, 0),
  planned(works, 2, 1),
]);

const log = (works: Works, row: object): Deed => [
  'production.logs',
  { operation_id: works.operationIds[0], event: 'report', ...row },
];
const state = (works: Works, row: object, machine = 0): Deed => [
  'equipment.status_history',
  { machine_id: works.machineIds[machine], state: 'idle', quality: 'good', good_count: null, ...row },
];
const measured = (works: Works, row: object): Deed => [
  'quality.measurements',
  { characteristic_id: works.characteristicIds[0], value: 10, inside: true, ...row },
];
const timed = {
  'production.logs': log,
  'quality.measurements': measured,
  'equipment.status_history': state,
  'trace.scans': (_: Works, row: object): Deed => ['trace.scans', row as Record<string, unknown>],
  'material.transactions': (_: Works, row: object): Deed => [
    'material.transactions',
    { quantity: 1, ...row },
  ],
};
for (const [table, row] of Object.entries(timed)) {
  const when = (ms: number) => ({ at: ago(ms), recorded_at: ago(ms) });
  bad('times_in_future', `in ${table}`, (works) => [row(works, when(-hourMs))]);
  fine('times_in_future', `by a clock that is a little ahead, in ${table}`, (works) => [
    row(works, when(-hourMs / 60)),
  ]);
  if (/scans|transactions/.test(table)) continue;
  const late = (ms: number) => ({ at: ago(hourMs), recorded_at: ago(hourMs + ms) });
  bad('recorded_before_it_happened', `in ${table}`, (works) => [row(works, late(hourMs / 6))]);
  fine('recorded_before_it_happened', `by a little, in ${table}`, (works) => [row(works, late(hourMs / 60))]);
}

bad('versions_missing', 'of one machine of two', ({ machineIds }) => [
  `DELETE FROM equipment.machine_versions WHERE organization_id = $1 AND machine_id = '${machineIds[0]}'`,
]);
bad('versions_missing', 'of one material of two', () => [['material.materials', {}]]);
bad('versions_missing', 'of a machine', () => [
  'DELETE FROM equipment.machine_versions WHERE organization_id = $1',
]);
bad('versions_missing', 'of a material', () => [
  'DELETE FROM material.material_versions WHERE organization_id = $1',
]);
bad('versions_missing', 'of a machine, since the last has ended', () => [
  'UPDATE equipment.machine_versions SET valid_to = now() WHERE organization_id = $1',
]);
bad('versions_missing', 'of a material, since the last has ended', () => [
  'UPDATE material.material_versions SET valid_to = now() WHERE organization_id = $1',
]);

const fact =
  (row: object): Case['deeds'] =>
  (works) => [
    [
      'analytics.production_facts',
      { operation_id: works.operationIds[0], day: ago(dayMs), material_version_id: elsewhere, ...row },
    ],
  ];
bad('facts_without_version', 'today', fact({ material_version_id: null }));
fine('facts_without_version', 'long ago', fact({ material_version_id: null, day: ago(100 * dayMs) }));
bad('operations_left_running', 'for two days', fact({ is_running: true, started_at: ago(2 * dayMs) }));
fine('operations_left_running', 'for some hours', fact({ is_running: true, started_at: ago(2 * hourMs) }));
fine('operations_left_running', 'not now', fact({ is_running: false, started_at: ago(2 * dayMs) }));

const turned = { started_at: ago(hourMs), completed_at: ago(2 * hourMs) };
const straight = { started_at: ago(2 * hourMs), completed_at: ago(hourMs) };
const lasting = {
  'production.operations': { status: 'completed', lane_id: null, starts_at: null, eligible_lane_ids: '{}' },
  'quality.inspections': {},
  'equipment.maintenance_orders': {},
};
for (const [table, row] of Object.entries(lasting)) {
  const zero = table === 'production.operations' ? { good_quantity: 0, scrap_quantity: 0 } : {};
  bad('durations_negative', `in ${table}`, () => [[table, { ...row, ...zero, ...turned }]]);
  fine('durations_negative', `in ${table}`, () => [[table, { ...row, ...zero, ...straight }]]);
}

for (const event of ['pause', 'resume', 'complete']) {
  bad('stops_without_start', event, (works) => [log(works, { event })]);
  fine('stops_without_start', `${event} after a start`, (works) => [
    log(works, { event: 'start', at: ago(2 * hourMs) }),
    log(works, { event }),
  ]);
}
bad('stops_without_start', 'started afterwards, or another', (works) => [
  log(works, { event: 'start', at: ago(hourMs / 2) }),
  log(works, { event: 'start', at: ago(2 * hourMs), operation_id: works.operationIds[1] }),
  log(works, { event: 'pause' }),
]);

const counted =
  (...counts: readonly (readonly [count: number | null, row?: object, machine?: number])[]): Case['deeds'] =>
  (works) =>
    counts.map(([good_count, row, machine], n) =>
      state(
        works,
        { good_count, at: ago(hourMs - n * 1000), recorded_at: ago(hourMs - n * 1000), ...row },
        machine,
      ),
    );
bad('counters_backwards', 'from 10 to 5', counted([10], [5]));
bad('counters_backwards', 'with a report between that counts nothing', counted([10], [null], [5]));
fine(
  'counters_backwards',
  'delivered in another order',
  counted([5, { recorded_at: ago(0) }], [10, { recorded_at: ago(hourMs / 2) }]),
);
fine('counters_backwards', 'beginning again', counted([10], [0], [5]));
fine('counters_backwards', 'in readings that are bad', counted([10, { quality: 'bad' }], [5]));
fine('counters_backwards', 'of two machines', counted([10], [5, {}, 1]));

const open =
  'UPDATE quality.characteristics SET lower_limit = NULL, upper_limit = NULL WHERE organization_id = $1';
bad('measurements_without_limits', 'a value', (works) => [open, measured(works, { value: 7.5 })]);
fine('measurements_without_limits', 'good or bad', (works) => [
  open,
  measured(works, { value: 0 }),
  measured(works, { value: 1 }),
]);
for (const limit of ['lower_limit', 'upper_limit'])
  fine('measurements_without_limits', `with no ${limit} alone`, (works) => [
    `UPDATE quality.characteristics SET ${limit} = NULL WHERE organization_id = $1`,
    measured(works, { value: 10 }),
  ]);
bad('judgements_contradict_limits', 'above', (works) => [measured(works, { value: 11.01 })]);
bad('judgements_contradict_limits', 'below', (works) => [measured(works, { value: 8.99 })]);
bad('judgements_contradict_limits', 'inside', (works) => [measured(works, { inside: false })]);
bad('judgements_contradict_limits', 'with one limit', (works) => [
  'UPDATE quality.characteristics SET lower_limit = NULL WHERE organization_id = $1',
  measured(works, { value: 8, inside: false }),
]);
fine('judgements_contradict_limits', 'at the limits', (works) => [
  measured(works, { value: 9 }),
  measured(works, { value: 11 }),
  measured(works, { value: 12, inside: false }),
]);

const made =
  (good: number, scrap: number, ...logged: readonly object[]): Case['deeds'] =>
  (works) => [
    `UPDATE production.operations SET started_at = now() - interval '1 hour', good_quantity = ${good}, scrap_quantity = ${scrap}
       WHERE organization_id = $1 AND id = '${works.operationIds[0]}'`,
    ...logged.map((row) => log(works, row)),
  ];
bad('quantities_differ', 'good', made(3, 1, { good_quantity: 2, scrap_quantity: 1 }));
bad('quantities_differ', 'scrap', made(3, 1, { good_quantity: 3, scrap_quantity: 0 }));
bad('quantities_differ', 'nothing logged', made(3, 0));
fine('quantities_differ', 'nothing made', made(0, 0));
bad('quantities_differ', 'logged for another', (works) => [
  ...made(3, 0)(works),
  log(works, { operation_id: works.operationIds[1], good_quantity: 3 }),
]);
fine(
  'quantities_differ',
  'logged in parts',
  made(3, 1, { good_quantity: 1 }, { good_quantity: 2, scrap_quantity: 1 }),
);

const stock = (quantity_on_hand: number): Deed => ['material.inventory', { quantity_on_hand }];
bad('stock_below_zero', '-1', () => [stock(-1)]);
fine('stock_below_zero', '0', () => [stock(0)]);

const lot = (row: object): Deed => ['trace.lots', { expires_at: ago(hourMs), ...row }];
for (const status of ['active', 'released']) bad('lots_expired', status, () => [lot({ status })]);
fine('lots_expired', 'used up, or not yet', () => [
  lot({ status: 'consumed' }),
  lot({ status: 'active', expires_at: ago(-hourMs) }),
  lot({ status: 'active', expires_at: null }),
]);

const ends = { lot: 'trace.lots', serial: 'trace.serials' } as const;
for (const kind of ['lot', 'serial'] as const) {
  const there: Deed = [ends[kind], { id: elsewhere, status: 'active' }];
  const links = (parent_id: string, child_id: string): Deed => [
    'trace.genealogy',
    { parent_id, child_id, parent_kind: kind, child_kind: kind },
  ];
  const nowhere = '01900000-0000-7000-8000-000000000002';
  bad('genealogy_orphans', `from a ${kind}`, () => [there, links(nowhere, elsewhere)]);
  bad('genealogy_orphans', `to a ${kind}`, () => [there, links(elsewhere, nowhere)]);
  fine('genealogy_orphans', `of a ${kind}`, () => [there, links(elsewhere, elsewhere)]);
}

const read = (works: Works, minimum: number, maximum: number): readonly Deed[] => [
  'UPDATE equipment.sensors SET lower_limit = 0, upper_limit = 100 WHERE organization_id = $1',
  ['analytics.sensor_5min', { sensor_no: works.ground.sensorNo, starts_at: ago(hourMs), minimum, maximum }],
];
bad('sensors_implausible', 'below', (works) => read(works, -1, 50));
bad('sensors_implausible', 'above', (works) => read(works, 50, 101));
fine('sensors_implausible', 'at the limits', (works) => read(works, 0, 100));

const note = (minutes: number): Deed => [
  'analytics.dirty',
  { rollup: 'reliability', noted_at: ago((minutes * hourMs) / 60) },
];
bad('rollups_late', 'for an hour', () => [note(60)]);
fine('rollups_late', 'for ten minutes', () => [note(10)]);

export const dataCases: readonly Case[] = cases;
