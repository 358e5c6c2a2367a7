-- Made by scripts/generate-state-machines.ts from domain/transitions; the tests fail when it is stale.

CREATE TABLE app.state_transitions (
  machine text NOT NULL,
  from_status text,
  to_status text NOT NULL,
  UNIQUE NULLS NOT DISTINCT (machine, from_status, to_status)
);
COMMENT ON TABLE app.state_transitions IS 'What may follow what, of the machines that app.table_rules.state_machine names.';
COMMENT ON COLUMN app.state_transitions.from_status IS 'NULL: how a new row may begin; where a machine has no such row, in any status.';

INSERT INTO app.state_transitions (machine, from_status, to_status) VALUES
  ('lot', 'active', 'completed'),
  ('lot', 'active', 'quarantined'),
  ('lot', 'active', 'rejected'),
  ('lot', 'completed', 'released'),
  ('lot', 'completed', 'quarantined'),
  ('lot', 'completed', 'rejected'),
  ('lot', 'quarantined', 'released'),
  ('lot', 'quarantined', 'rejected'),
  ('lot', 'released', 'quarantined'),
  ('serial', 'in_process', 'released'),
  ('serial', 'in_process', 'quarantined'),
  ('serial', 'in_process', 'scrapped'),
  ('serial', 'released', 'packed'),
  ('serial', 'released', 'quarantined'),
  ('serial', 'released', 'scrapped'),
  ('serial', 'packed', 'released'),
  ('serial', 'packed', 'shipped'),
  ('serial', 'packed', 'quarantined'),
  ('serial', 'shipped', 'returned'),
  ('serial', 'shipped', 'quarantined'),
  ('serial', 'returned', 'quarantined'),
  ('serial', 'returned', 'scrapped'),
  ('serial', 'quarantined', 'released'),
  ('serial', 'quarantined', 'scrapped'),
  ('ncr', NULL, 'open'),
  ('ncr', 'open', 'in_review'),
  ('ncr', 'in_review', 'open'),
  ('ncr', 'in_review', 'resolved'),
  ('ncr', 'resolved', 'in_review'),
  ('ncr', 'resolved', 'closed'),
  ('scheduleVersion', NULL, 'draft'),
  ('scheduleVersion', 'draft', 'published'),
  ('scheduleVersion', 'draft', 'archived'),
  ('scheduleVersion', 'published', 'archived');

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
