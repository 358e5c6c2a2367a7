/** Made by `npm run database-types` from the migrated database; the tests fail when it is stale. */
import type { Generated, GeneratedAlways } from 'kysely';

export interface DB {
  'app.applied_commands': {
    organization_id: string;
    command_id: string;
    kind: string;
    user_id: string;
    station_code: string | null;
    captured_at: Date;
    applied_at: Generated<Date>;
  };
  'app.changes': {
    change_no: GeneratedAlways<number>;
    txid: Generated<string>;
    organization_id: string;
    plant_id: string | null;
    subject: string;
    ids: string[];
    at: Generated<Date>;
  };
  'app.row_policies': {
    target: string;
    plant_column: string | null;
    read_permission: string;
    write_permissions: string[];
  };
  'app.schema_migrations': {
    name: string;
    checksum: string;
    applied_at: Generated<Date>;
  };
  'app.settings': {
    key: string;
    value: unknown;
    updated_at: Generated<Date>;
  };
  'org.areas': {
    organization_id: string;
    id: string;
    plant_id: string;
    code: string;
    name: string;
    position: Generated<number>;
  };
  'org.organizations': {
    id: string;
    code: string;
    name: string;
    gs1_company_prefix: string;
    created_at: Generated<Date>;
  };
  'org.plants': {
    organization_id: string;
    id: string;
    code: string;
    name: string;
    time_zone: string;
    created_at: Generated<Date>;
  };
  'identity.role_permissions': {
    organization_id: string;
    role_id: string;
    permission: string;
  };
  'identity.roles': {
    organization_id: string;
    id: string;
    code: string;
    name: string;
  };
  'identity.sessions': {
    id: string;
    organization_id: string;
    user_id: string;
    token_hash: Buffer;
    station_code: string;
    created_at: Generated<Date>;
    expires_at: Date;
    ended_at: Date | null;
    vouched_by: string | null;
  };
  'identity.user_plant_access': {
    organization_id: string;
    user_id: string;
    plant_id: string;
    may_write: Generated<boolean>;
  };
  'identity.user_roles': {
    organization_id: string;
    user_id: string;
    role_id: string;
  };
  'identity.users': {
    organization_id: string;
    id: string;
    login: string;
    display_name: string;
    password_hash: string;
    kind: Generated<string>;
    station_code: string | null;
    home_plant_id: string;
    active: Generated<boolean>;
    failed_attempts: Generated<number>;
    locked_until: Date | null;
    created_at: Generated<Date>;
  };
  'material.compositions': {
    organization_id: string;
    parent_id: string;
    component_id: string;
    quantity: number;
    unit: string;
    position: Generated<number>;
  };
  'material.materials': {
    organization_id: string;
    id: string;
    plant_id: string;
    code: string;
    name: string;
    kind: string;
    unit: string;
    serialised: Generated<boolean>;
    allergens: Generated<string[]>;
    shelf_life_days: number | null;
    gtin: string | null;
    per_carton: number | null;
  };
  'equipment.downtime_events': {
    organization_id: string;
    id: string;
    plant_id: string;
    machine_id: string;
    reason_code: string | null;
    started_at: Date;
    ended_at: Date | null;
    note: string | null;
  };
  'equipment.downtime_reasons': {
    organization_id: string;
    code: string;
    name: string;
    is_planned: boolean;
  };
  'equipment.machines': {
    organization_id: string;
    id: string;
    plant_id: string;
    lane_id: string;
    code: string;
    name: string;
    ideal_cycle_time_ms: number;
  };
  'equipment.status_history': {
    organization_id: string;
    id: string;
    plant_id: string;
    machine_id: string;
    state: string;
    fault_code: string | null;
    quality: Generated<string>;
    good_count: number | null;
    reject_count: number | null;
    at: Date;
    recorded_at: Generated<Date>;
  };
  'production.closures': {
    organization_id: string;
    id: string;
    plant_id: string;
    lane_id: string | null;
    starts_at: Date;
    ends_at: Date;
    reason: string;
  };
  'production.lanes': {
    organization_id: string;
    id: string;
    plant_id: string;
    area_id: string;
    code: string;
    name: string;
    position: number;
    capacity: Generated<number>;
    shift_codes: string[];
  };
  'production.logs': {
    organization_id: string;
    id: string;
    plant_id: string;
    operation_id: string;
    lane_id: string | null;
    event: string;
    good_quantity: Generated<number>;
    scrap_quantity: Generated<number>;
    note: string | null;
    user_id: string;
    station_code: string | null;
    source: Generated<string>;
    at: Date;
    recorded_at: Generated<Date>;
  };
  'production.operations': {
    organization_id: string;
    id: string;
    plant_id: string;
    work_order_id: string;
    number: number;
    code: string;
    name: string;
    status: string;
    duration_s: number;
    eligible_lane_ids: string[];
    lane_id: string | null;
    starts_at: Date | null;
    ends_at: Date | null;
    good_quantity: Generated<number>;
    scrap_quantity: Generated<number>;
    started_at: Date | null;
    completed_at: Date | null;
    version: Generated<number>;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  'production.shifts': {
    organization_id: string;
    id: string;
    plant_id: string;
    code: string;
    name: string;
    starts_at: string;
    ends_at: string;
    weekdays: number[];
  };
  'production.work_orders': {
    organization_id: string;
    id: string;
    plant_id: string;
    number: string;
    material_id: string;
    quantity: number;
    unit: string;
    status: string;
    priority: Generated<number>;
    due_at: Date;
    customer: string | null;
    lot_id: string | null;
    version: Generated<number>;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  'quality.characteristics': {
    organization_id: string;
    id: string;
    plant_id: string;
    material_id: string;
    operation_number: number;
    code: string;
    name: string;
    unit: string;
    nominal: number | null;
    lower_limit: number | null;
    upper_limit: number | null;
    decimals: Generated<number>;
    measurements_due: Generated<number>;
  };
  'quality.measurements': {
    organization_id: string;
    id: string;
    plant_id: string;
    operation_id: string;
    characteristic_id: string;
    serial_number: string | null;
    value: number;
    inside: boolean;
    source: string;
    user_id: string;
    station_code: string | null;
    at: Date;
    recorded_at: Generated<Date>;
  };
  'trace.genealogy': {
    organization_id: string;
    parent_id: string;
    child_id: string;
    kind: string;
    parent_kind: string;
    child_kind: string;
    plant_id: string;
    quantity: number | null;
    unit: string | null;
    at: Date;
  };
  'trace.labels': {
    organization_id: string;
    id: string;
    plant_id: string;
    packing_unit_id: string;
    sscc: string;
    printer_code: string;
    copy: number;
    outcome: string;
    reason: string | null;
    reprint_reason: string | null;
    zpl: string;
    user_id: string;
    station_code: string | null;
    printed_at: Date;
  };
  'trace.lots': {
    organization_id: string;
    id: string;
    plant_id: string;
    number: string;
    material_id: string;
    work_order_id: string | null;
    quantity: number;
    unit: string;
    status: string;
    supplier: string | null;
    made_at: Date;
    expires_at: Date | null;
  };
  'trace.scans': {
    organization_id: string;
    id: string;
    plant_id: string;
    code: string;
    kind: string;
    source: string;
    user_id: string;
    station_code: string | null;
    at: Date;
    recorded_at: Generated<Date>;
  };
  'trace.serials': {
    organization_id: string;
    id: string;
    plant_id: string;
    number: string;
    material_id: string;
    lot_id: string | null;
    status: string;
    made_at: Date;
  };
  'logistics.packing_unit_serials': {
    organization_id: string;
    serial_id: string;
    packing_unit_id: string;
    packed_at: Date;
    user_id: string;
  };
  'logistics.packing_units': {
    organization_id: string;
    id: string;
    plant_id: string;
    number: string;
    kind: Generated<string>;
    status: string;
    material_id: string | null;
    sscc: string | null;
    shipment_id: string | null;
    opened_at: Date;
    closed_at: Date | null;
    station_code: string | null;
    version: Generated<number>;
    updated_at: Generated<Date>;
  };
  'logistics.shipments': {
    organization_id: string;
    id: string;
    plant_id: string;
    number: string;
    customer: string;
    destination: string;
    status: string;
    shipped_at: Date | null;
  };
}
