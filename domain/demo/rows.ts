/**
 * Rows as the tables hold them, by table. Columns are the tables' own; instants are epoch
 * milliseconds here (columns `at` and those that end in `_at`, and `locked_until` is never set).
 */
export interface WorkOrderRow {
  organization_id: string;
  id: string;
  plant_id: string;
  number: string;
  material_id: string;
  quantity: number;
  unit: string;
  status: 'planned' | 'released' | 'in_progress' | 'completed' | 'closed' | 'cancelled';
  priority: number;
  /** Day of the plant from which on it may be made. */
  planned_start_on: string;
  due_at: number;
  customer: string | null;
  lot_id: string | null;
  created_at: number;
  updated_at: number;
}

export interface OperationRow {
  organization_id: string;
  id: string;
  plant_id: string;
  work_order_id: string;
  number: number;
  code: string;
  name: string;
  status: 'planned' | 'ready' | 'running' | 'paused' | 'completed' | 'cancelled';
  duration_s: number;
  eligible_lane_ids: readonly string[];
  lane_id: string | null;
  starts_at: number | null;
  ends_at: number | null;
  /** Set-up after what runs before, seconds of working time; part of the bar. */
  setup_s: number;
  setup_family_id: string | null;
  locked: boolean;
  good_quantity: number;
  scrap_quantity: number;
  started_at: number | null;
  completed_at: number | null;
  created_at: number;
  updated_at: number;
}

export interface LogRow {
  organization_id: string;
  id: string;
  plant_id: string;
  operation_id: string;
  lane_id: string;
  event: 'start' | 'pause' | 'resume' | 'complete' | 'report' | 'issue';
  good_quantity: number;
  scrap_quantity: number;
  note: string | null;
  user_id: string;
  station_code: string;
  source: 'serial' | 'typed';
  at: number;
  recorded_at: number;
}

export interface StatusRow {
  organization_id: string;
  id: string;
  plant_id: string;
  machine_id: string;
  state: 'running' | 'idle' | 'setup' | 'down' | 'offline';
  fault_code: string | null;
  good_count: number;
  reject_count: number;
  at: number;
  recorded_at: number;
}

export interface DowntimeRow {
  organization_id: string;
  id: string;
  plant_id: string;
  machine_id: string;
  reason_code: string | null;
  started_at: number;
  ended_at: number | null;
  note: string | null;
}

export interface MeasurementRow {
  organization_id: string;
  id: string;
  plant_id: string;
  operation_id: string;
  characteristic_id: string;
  serial_number: string | null;
  value: number;
  inside: boolean;
  source: 'typed' | 'gauge';
  user_id: string;
  station_code: string;
  at: number;
  recorded_at: number;
}

export interface LotRow {
  organization_id: string;
  id: string;
  plant_id: string;
  number: string;
  material_id: string;
  work_order_id: string | null;
  quantity: number;
  unit: string;
  status: 'active' | 'completed' | 'quarantined' | 'released' | 'rejected';
  supplier: string | null;
  made_at: number;
  expires_at: number | null;
}

export interface SerialRow {
  organization_id: string;
  id: string;
  plant_id: string;
  number: string;
  material_id: string;
  lot_id: string;
  status: 'in_process' | 'released' | 'packed' | 'shipped' | 'quarantined' | 'scrapped';
  made_at: number;
}

export interface GenealogyRow {
  organization_id: string;
  parent_id: string;
  child_id: string;
  kind: 'consumed' | 'produced' | 'assembled_into' | 'packed_into' | 'shipped_to';
  parent_kind: 'lot' | 'serial' | 'carton' | 'shipment';
  child_kind: 'lot' | 'serial' | 'carton' | 'shipment';
  plant_id: string;
  quantity: number | null;
  unit: string | null;
  at: number;
}

export interface PackingUnitRow {
  organization_id: string;
  id: string;
  plant_id: string;
  number: string;
  kind: 'carton' | 'pallet';
  status: 'open' | 'closed' | 'shipped' | 'voided';
  material_id: string;
  sscc: string | null;
  shipment_id: string | null;
  opened_at: number;
  closed_at: number | null;
  station_code: string;
  updated_at: number;
}

export interface PackedSerialRow {
  organization_id: string;
  serial_id: string;
  packing_unit_id: string;
  packed_at: number;
  user_id: string;
}

export interface LabelRow {
  organization_id: string;
  id: string;
  plant_id: string;
  packing_unit_id: string;
  sscc: string;
  printer_code: string;
  copy: number;
  outcome: 'printed' | 'voided';
  reprint_reason: string | null;
  zpl: string;
  user_id: string;
  station_code: string;
  printed_at: number;
}

export interface ShipmentRow {
  organization_id: string;
  id: string;
  plant_id: string;
  number: string;
  customer: string;
  destination: string;
  status: 'planned' | 'loading' | 'shipped' | 'delivered' | 'cancelled';
  shipped_at: number | null;
}

/** A row of a table that only a few columns of are ever looked at again. */
export type PlainRow = Readonly<Record<string, unknown>>;

/** All that happens, by table. */
export interface ActivityRows {
  'production.work_orders': WorkOrderRow[];
  'production.operations': OperationRow[];
  'production.logs': LogRow[];
  'equipment.status_history': StatusRow[];
  'equipment.downtime_events': DowntimeRow[];
  'quality.measurements': MeasurementRow[];
  'trace.lots': LotRow[];
  'trace.serials': SerialRow[];
  'logistics.shipments': ShipmentRow[];
  'logistics.packing_units': PackingUnitRow[];
  'logistics.packing_unit_serials': PackedSerialRow[];
  'trace.genealogy': GenealogyRow[];
  'trace.labels': LabelRow[];
}
