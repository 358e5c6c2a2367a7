/**
 * The transition tables of domain/transitions as the database holds them: which column speaks of
 * which machine, and the migration that refuses what a table does not hold.
 */
import { enforcedMachines, initialStatuses, type Machine, machines } from '#domain/transitions/transitions';

/** Columns whose CHECK holds the words of a machine; the others are steps that nobody is held to. */
export const statusColumns: Readonly<Record<string, Machine>> = {
  'production.operations.status': 'operation',
  'production.work_orders.status': 'workOrder',
  'production.schedule_versions.status': 'scheduleVersion',
  'trace.lots.status': 'lot',
  'trace.serials.status': 'serial',
  'trace.labels.outcome': 'label',
  'logistics.packing_units.status': 'carton',
  'logistics.shipments.status': 'shipment',
  'quality.inspections.status': 'inspection',
  'quality.ncrs.status': 'ncr',
  'equipment.maintenance_orders.status': 'maintenanceOrder',
  'material.rfqs.status': 'rfq',
  'project.drawings.status': 'drawing',
  'sharing.contracts.status': 'dataRoomContract',
  'assist.approvals.status': 'approval',
};

/** The text of 0019_state_machines.sql. */
export function stateMachineMigration(): string {
  const rows = enforcedMachines.flatMap((machine) => [
    ...(initialStatuses[machine] ?? []).map((to) => [machine, null, to] as const),
    ...Object.entries(machines[machine]).flatMap(([from, followers]: [string, readonly string[]]) =>
      followers.map((to) => [machine, from, to] as const),
    ),
  ]);
  const values = rows.map(
    (row) => `  (${row.map((one) => (one === null ? 'NULL' : `'${one}'`)).join(', ')})`,
  );
  return template.replace('{values}', () => values.join(',\n'));
}

const template = `-- Made by scripts/generate-state-machines.ts from domain/transitions; the tests fail when it is stale.

CREATE TABLE app.state_transitions (
  machine text NOT NULL,
  from_status text,
  to_status text NOT NULL,
  UNIQUE NULLS NOT DISTINCT (machine, from_status, to_status)
);
COMMENT ON TABLE app.state_transitions IS 'What may follow what, of the machines that app.table_rules.state_machine names.';
COMMENT ON COLUMN app.state_transitions.from_status IS 'NULL: how a new row may begin; where a machine has no such row, in any status.';

INSERT INTO app.state_transitions (machine, from_status, to_status) VALUES
{values};

-- After the row was written, so that no other trigger has the last word. SQLSTATE LW001: a rule says no; the message is
-- the key of a text, the detail its values as JSON. TG_ARGV: the machine.
CREATE FUNCTION app.enforce_transition() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM app.state_transitions t
      WHERE t.machine = TG_ARGV[0] AND t.from_status IS NULL AND t.to_status = NEW.status)
    THEN
      RAISE EXCEPTION 'refusal.status-not-first' USING ERRCODE = 'LW001',
        DETAIL = jsonb_build_object('machine', TG_ARGV[0], 'status', NEW.status);
    END IF;
  ELSIF NOT EXISTS (SELECT FROM app.state_transitions t
    WHERE t.machine = TG_ARGV[0] AND t.from_status = OLD.status AND t.to_status = NEW.status)
  THEN
    RAISE EXCEPTION 'refusal.transition-forbidden' USING ERRCODE = 'LW001',
      DETAIL = jsonb_build_object('machine', TG_ARGV[0], 'from', OLD.status, 'to', NEW.status);
  END IF;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION app.enforce_transition() FROM PUBLIC;

DO $$
DECLARE
  rule app.table_rules;
BEGIN
  FOR rule IN SELECT * FROM app.table_rules WHERE state_machine IS NOT NULL ORDER BY target::text LOOP
    IF NOT EXISTS (SELECT FROM app.state_transitions WHERE machine = rule.state_machine) THEN
      RAISE EXCEPTION '% names the state machine %, of which there is no table', rule.target, rule.state_machine;
    END IF;
    EXECUTE format('CREATE TRIGGER enforce_transition AFTER UPDATE ON %s FOR EACH ROW
      WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION app.enforce_transition(%L)', rule.target, rule.state_machine);
    IF EXISTS (SELECT FROM app.state_transitions WHERE machine = rule.state_machine AND from_status IS NULL) THEN
      EXECUTE format('CREATE TRIGGER enforce_beginning AFTER INSERT ON %s FOR EACH ROW
        EXECUTE FUNCTION app.enforce_transition(%L)', rule.target, rule.state_machine);
    END IF;
  END LOOP;

  INSERT INTO app.table_rules (target, scope, stamped, audited) VALUES ('app.state_transitions', 'plumbing', false, false)
    RETURNING * INTO rule;
  CALL app.apply_row_security(rule);
END
$$;
`;
