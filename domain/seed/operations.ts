import { downtimeReasons, laneNames } from './foundation.ts';
import { type OperationEvent, operationEvents, partDone } from './operation-events.ts';
import { keys } from './setting.ts';
import { isReleased, minuteMs, operatorAt, shiftMs, stationOf, type Work } from './work.ts';

/**
 * An operation with its reports and what its machine said meanwhile.
 * @returns its id.
 */
export function putOperation(work: Work, position: number): string {
  const { setting, cell, plan, put, newId } = work;
  const { time, now, organizationId, plantId, size } = setting;
  const operation = plan.operations[position];
  if (operation === undefined) throw new RangeError('A work order has four operations');
  const id = newId(work.createdAt);
  const laneId = setting.id(keys.lane(cell, position));
  const events = operationEvents(operation, time, now);
  const startsAt = time.startAt(operation.slotStarts);
  const startedAt = events[0]?.at ?? null;
  const completedAt = operation.state === 'done' ? (events.at(-1)?.at ?? null) : null;
  const ready = position === 0 ? isReleased(work) : plan.operations[position - 1]?.state === 'done';
  const status = {
    ahead: plan.cancelled ? 'cancelled' : ready ? 'ready' : 'planned',
    running: 'running',
    paused: 'paused',
    done: 'completed',
  }[operation.state];
  const otherCell = (cell + 1) % size.cells;
  const lanes = otherCell === cell ? [laneId] : [laneId, setting.id(keys.lane(otherCell, position))];
  put('production.operations', work.createdAt, [
    organizationId,
    id,
    plantId,
    work.id,
    (position + 1) * 10,
    `${work.number}/${(position + 1) * 10}`,
    laneNames[position] ?? '',
    status,
    Math.floor((operation.slotEnds - operation.slotStarts) / 1000),
    lanes,
    plan.cancelled ? null : laneId,
    plan.cancelled ? null : startsAt,
    plan.cancelled ? null : time.endAt(operation.slotEnds),
    operation.good,
    operation.scrap,
    startedAt,
    completedAt,
    completedAt === null ? null : Math.floor((operation.ends - operation.starts) / 1000),
    completedAt === null ? null : operatorAt(work, position, completedAt - 1),
  ]);
  if (startedAt === null) return id;
  put('production.lane_assignments', startedAt, [
    organizationId,
    newId(startedAt),
    plantId,
    laneId,
    true,
    work.id,
    id,
    completedAt === null ? 'live' : 'released',
    startedAt,
    completedAt,
    setting.id(keys.planner),
  ]);
  putLogs(work, position, id, events);
  putMachineHistory(work, position, events);
  return id;
}

function putLogs(work: Work, position: number, operationId: string, events: readonly OperationEvent[]): void {
  const { setting, cell, put, newId, random } = work;
  const laneId = setting.id(keys.lane(cell, position));
  const fault = faultOf(work, position);
  for (const { event, cause, at, good, scrap } of events) {
    const leaving = event === 'pause' || event === 'complete';
    const note =
      event === 'issue' || (event === 'pause' && cause === 'breakdown')
        ? fault.name
        : event === 'pause'
          ? 'End of shift'
          : null;
    put('production.logs', at, [
      setting.organizationId,
      newId(at),
      setting.plantId,
      operationId,
      laneId,
      event,
      good,
      scrap,
      note,
      operatorAt(work, position, leaving ? at - 1 : at),
      stationOf(work),
      event === 'report' || event === 'issue' ? 'typed' : 'serial',
      at,
      at + random.whole(20, 400),
    ]);
  }
}

const faultOf = ({ plan }: Work, position: number) =>
  downtimeReasons[plan.operations[position]?.breakdown?.fault ?? 0] ?? downtimeReasons[0];

/** What the machine of the lane said meanwhile, and when it stood broken. */
function putMachineHistory(work: Work, position: number, events: readonly OperationEvent[]): void {
  const { setting, cell, plan, put, newId } = work;
  const { organizationId, plantId, time, now } = setting;
  const operation = plan.operations[position];
  if (operation === undefined) return;
  const machineId = setting.id(keys.machine(cell, position));
  const fault = faultOf(work, position);
  const tell = (state: string, at: number, good: number, scrap: number, faultCode: string | null = null) =>
    put('equipment.status_history', at, [
      organizationId,
      newId(at),
      plantId,
      machineId,
      state,
      faultCode,
      operation.goodBefore + good,
      operation.scrapBefore + scrap,
      at,
      at + 150,
      work.id,
    ]);
  const setupEnds =
    operation.starts + Math.min(15 * minuteMs, Math.floor((operation.ends - operation.starts) / 20));
  for (const [index, { event, cause, at, goodSoFar, scrapSoFar }] of events.entries()) {
    if (event === 'start') {
      tell('setup', at, goodSoFar, scrapSoFar);
      const runsAt = Math.min(time.startAt(setupEnds), (events[index + 1]?.at ?? Infinity) - minuteMs);
      if (runsAt > at && runsAt <= now) tell('running', runsAt, goodSoFar, scrapSoFar);
    } else if (event === 'resume') tell('running', at, goodSoFar, scrapSoFar);
    else if (event === 'complete') tell('idle', at, goodSoFar, scrapSoFar);
    else if (event === 'pause') {
      const broken = cause === 'breakdown';
      tell(broken ? 'down' : 'offline', at, goodSoFar, scrapSoFar, broken ? fault.code : null);
    }
  }
  // When the shifts change at midday the machine says what it made until then.
  const until = operation.state === 'done' ? operation.ends : time.workedBy(now);
  for (
    let change = (2 * Math.ceil((setupEnds - shiftMs) / (2 * shiftMs)) + 1) * shiftMs;
    change < until;
    change += 2 * shiftMs
  ) {
    const { breakdown } = operation;
    if (breakdown !== undefined && breakdown.starts <= change && change <= breakdown.ends) continue;
    const part = partDone(operation, change, until);
    tell(
      'running',
      time.startAt(change),
      Math.floor(operation.good * part),
      Math.floor(operation.scrap * part),
    );
  }
  if (operation.breakdown === undefined) return;
  const stoodAt = time.startAt(operation.breakdown.starts);
  put('equipment.downtime_events', stoodAt, [
    organizationId,
    newId(stoodAt),
    plantId,
    machineId,
    fault.code,
    stoodAt,
    time.startAt(operation.breakdown.ends),
    work.id,
    operatorAt(work, position, stoodAt),
  ]);
}
