import type { WorkOrderPlan } from './cell-plan.ts';
import { keys, type PlantSetting } from './setting.ts';
import type { PutRow } from './tables.ts';
import type { Random } from '../demo/random.ts';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
export const shiftMs = 8 * hourMs;

/** A work order with the ids of what it makes: all of them stand in one piece. */
export interface Work {
  readonly setting: PlantSetting;
  readonly cell: number;
  readonly plan: WorkOrderPlan;
  readonly put: PutRow;
  readonly random: Random;
  readonly newId: (at: number) => string;
  /** In its organization, from 0. */
  readonly ordinal: number;
  readonly number: string;
  readonly id: string;
  readonly createdAt: number;
  readonly productId: string;
  readonly product: number;
  readonly lotId: string;
  readonly shipmentId: string | null;
}

const releasedAheadMs = 4 * dayMs;

export function isReleased({ setting, plan }: Work): boolean {
  return setting.time.startAt(plan.operations[0]?.slotStarts ?? 0) < setting.now + releasedAheadMs;
}

const customers = [
  { name: 'Aurelia Pumps', destination: 'Rotterdam' },
  { name: 'Bastion Lifts', destination: 'Lyon' },
  { name: 'Cedar Conveyors', destination: 'Porto' },
  { name: 'Delmar Cranes', destination: 'Oslo' },
  { name: 'Elbe Robotics', destination: 'Dresden' },
] as const;

export const customerOf = ({ ordinal }: Work) => customers[ordinal % customers.length] ?? customers[0];

/** Who works at a lane at a time: the two shifts change in the middle of the plant's day. */
export function operatorAt({ setting, cell }: Work, position: number, at: number): string {
  const shift = Math.floor((setting.time.workedBy(at) % (2 * shiftMs)) / shiftMs);
  return setting.id(keys.operator(cell, position, shift));
}

export const stationOf = ({ setting, cell }: Work) => `${setting.code}-C${cell + 1}`;
