import { sql } from 'kysely';
import type { MachineState, StateChange } from '#contract/line';
import type { DatabaseTransaction } from '#main/services/core';

export interface MachineRow {
  machine_id: string;
  plant_id: string;
  code: string;
  name: string;
  lane_id: string;
  lane_code: string;
  ideal_cycle_time_ms: number;
  state: MachineState | null;
  fault_code: string | null;
  quality: 'good' | 'uncertain' | 'bad' | null;
  good_count: number | null;
  reject_count: number | null;
  /** Epoch ms. */
  at: number | null;
}

/** All machines that the caller may see, each with its last recorded state. */
export async function readMachines(transaction: DatabaseTransaction): Promise<readonly MachineRow[]> {
  const { rows } = await sql<MachineRow>`
    SELECT m.id AS machine_id, m.plant_id, m.code, m.name, m.lane_id, l.code AS lane_code, m.ideal_cycle_time_ms,
           s.state, s.fault_code, s.quality, s.good_count, s.reject_count,
           (extract(epoch FROM s.at) * 1000)::float8 AS at
    FROM equipment.machines m
    JOIN production.lanes l ON l.organization_id = m.organization_id AND l.id = m.lane_id
    LEFT JOIN LATERAL (
      SELECT h.state, h.fault_code, h.quality, h.good_count, h.reject_count, h.at
      FROM equipment.status_history h
      WHERE h.organization_id = m.organization_id AND h.machine_id = m.id
      ORDER BY h.at DESC LIMIT 1) s ON true
    ORDER BY l.position, m.code`.execute(transaction);
  return rows;
}

export interface RunningOperation {
  readonly laneId: string;
  readonly code: string;
  readonly status: 'running' | 'paused';
  /** 0..1 of the quantity ordered. */
  readonly progress: number;
}

/** What runs, or was paused, on each lane: the latest started where there are several. */
export async function readRunningOperations(
  transaction: DatabaseTransaction,
): Promise<readonly RunningOperation[]> {
  const { rows } = await sql<{
    lane_id: string;
    code: string;
    status: 'running' | 'paused';
    progress: number;
  }>`
    SELECT DISTINCT ON (o.lane_id) o.lane_id, o.code, o.status,
           least(1, o.good_quantity / w.quantity)::float8 AS progress
    FROM production.operations o
    JOIN production.work_orders w ON w.organization_id = o.organization_id AND w.id = o.work_order_id
    WHERE o.status IN ('running', 'paused') AND o.lane_id IS NOT NULL
    ORDER BY o.lane_id, (o.status = 'running') DESC, o.started_at DESC NULLS LAST`.execute(transaction);
  return rows.map((row) => ({
    laneId: row.lane_id,
    code: row.code,
    status: row.status,
    progress: row.progress,
  }));
}

/** The last states of a machine, newest first; each ends where the next begins. */
export async function readHistory(
  transaction: DatabaseTransaction,
  machineId: string,
  limit: number,
): Promise<readonly StateChange[]> {
  const rows = await transaction
    .selectFrom('equipment.status_history')
    .select(['machine_id', 'state', 'fault_code', 'at'])
    .where('machine_id', '=', machineId)
    .orderBy('at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row, index) => ({
    machineId: row.machine_id,
    state: row.state as MachineState,
    startedAt: row.at.getTime(),
    endedAt: rows[index - 1]?.at.getTime() ?? null,
    faultCode: row.fault_code,
  }));
}
