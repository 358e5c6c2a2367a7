/** Which lanes stand because their machines do, and how long that is planned around. */
import { sql } from 'kysely';
import type { StandingLane } from '#contract/lanes';
import type { DatabaseTransaction } from '#main/services/core';

/** A machine that broke down is thought to stand this much longer where the plant has not said how long. */
export const usualRepairS = 2 * 3600;

/** Nakajima, Introduction to TPM (1988): what stops for less is a minor stop, not a breakdown. */
export const usualMinorStopS = 5 * 60;

interface DownRow {
  lane_id: string;
  capacity: number;
  name: string;
  /** Epoch ms. */
  started_at: number;
  assumed_repair_s: number;
}

/**
 * Lanes of a plant of which as many machines are down as have place there, with what is assumed of the last of
 * them. A machine is down while an event of downtime is open, which a person has written, or while it says so
 * itself for longer than the plant takes for a minor stop. One that is out of use is in nobody's way.
 *
 * @param now epoch ms.
 */
export async function readLanesDown(
  transaction: DatabaseTransaction,
  plantId: string,
  now: number,
): Promise<StandingLane[]> {
  const { rows } = await sql<DownRow>`
    WITH setting AS (
      SELECT coalesce(max(assumed_repair_s), ${usualRepairS}) AS assumed_repair_s,
             coalesce(max(minor_stop_s), ${usualMinorStopS}) AS minor_stop_s
      FROM planning.plant_settings WHERE plant_id = ${plantId}
    ), event AS (
      SELECT organization_id, machine_id, min(started_at) AS started_at FROM equipment.downtime_events
      WHERE plant_id = ${plantId} AND ended_at IS NULL GROUP BY 1, 2
    )
    SELECT machine.lane_id, lane.capacity, machine.name, setting.assumed_repair_s,
           (extract(epoch FROM least(event.started_at, stop.started_at)) * 1000)::float8 AS started_at
    FROM setting, equipment.machines AS machine
    JOIN production.lanes AS lane ON lane.organization_id = machine.organization_id AND lane.id = machine.lane_id
    LEFT JOIN event ON event.organization_id = machine.organization_id AND event.machine_id = machine.id
    LEFT JOIN LATERAL (
      SELECT min(h.at) AS started_at FROM equipment.status_history AS h
      WHERE h.organization_id = machine.organization_id AND h.machine_id = machine.id
        AND h.at > coalesce((
          SELECT up.at FROM equipment.status_history AS up
          WHERE up.organization_id = machine.organization_id AND up.machine_id = machine.id AND up.state <> 'down'
          ORDER BY up.at DESC LIMIT 1), '-infinity')
      HAVING min(h.at) <= to_timestamp(${now / 1000}::float8) - make_interval(secs => setting.minor_stop_s)
      ) AS stop ON true
    WHERE machine.plant_id = ${plantId} AND machine.active AND machine.status <> 'decommissioned'
      AND (event.machine_id IS NOT NULL OR stop.started_at IS NOT NULL)
    ORDER BY started_at`.execute(transaction);
  return [...Map.groupBy(rows, (row) => row.lane_id)].flatMap(([laneId, down]): StandingLane[] => {
    const last = down.at(-1);
    if (last === undefined || down.length < last.capacity) return [];
    return [{ laneId, machine: last.name, startedAt: last.started_at, assumedS: last.assumed_repair_s }];
  });
}
