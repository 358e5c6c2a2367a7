-- Between organizations (sharing), to people (notify), with the assistant (assist), and to other systems (integration).

CREATE TABLE sharing.data_rooms (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  description text,
  closed_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, name)
);
COMMENT ON TABLE sharing.data_rooms IS 'Where an organization (the owner of the row) lets others see some of its rows, under contracts.';
COMMENT ON COLUMN sharing.data_rooms.closed_at IS 'From then on no contract of the room holds.';

CREATE TABLE sharing.data_room_members (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  data_room_id uuid NOT NULL,
  member_organization_id uuid NOT NULL REFERENCES org.organizations,
  user_id uuid,
  role text NOT NULL DEFAULT 'reader' CHECK (role IN ('manager', 'contributor', 'reader')),
  expires_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, data_room_id, member_organization_id, user_id),
  FOREIGN KEY (organization_id, data_room_id) REFERENCES sharing.data_rooms ON DELETE CASCADE,
  FOREIGN KEY (member_organization_id, user_id) REFERENCES identity.users
);
COMMENT ON TABLE sharing.data_room_members IS 'Who is in a room. Where people of a participating organization are named, its contract serves those alone.';
COMMENT ON COLUMN sharing.data_room_members.user_id IS 'NULL: everyone of the organization.';
CREATE INDEX data_room_members_organization ON sharing.data_room_members (member_organization_id, user_id);

CREATE TABLE sharing.contracts (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  data_room_id uuid NOT NULL,
  participant_organization_id uuid NOT NULL REFERENCES org.organizations,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'active', 'suspended', 'rejected', 'revoked', 'expired')),
  purpose text,
  starts_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  accepted_by uuid,
  accepted_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, data_room_id) REFERENCES sharing.data_rooms ON DELETE CASCADE,
  FOREIGN KEY (participant_organization_id, accepted_by) REFERENCES identity.users,
  CONSTRAINT contracts_two CHECK (participant_organization_id <> organization_id),
  CONSTRAINT contracts_term CHECK (expires_at > starts_at),
  CONSTRAINT contracts_accepted CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)
    AND (status NOT IN ('active', 'suspended') OR accepted_at IS NOT NULL)),
  CONSTRAINT contracts_ended CHECK ((status IN ('rejected', 'revoked', 'expired')) = (ended_at IS NOT NULL))
);
COMMENT ON TABLE sharing.contracts IS 'What another organization may see, until when. Row-level security asks sharing.grantors(); a contract that expired ten seconds ago grants nothing, whatever its status still says.';
COMMENT ON COLUMN sharing.contracts.expires_at IS 'NULL: until it is revoked.';
COMMENT ON COLUMN sharing.contracts.accepted_by IS 'A person of the participating organization, who alone can write it.';
CREATE INDEX contracts_room ON sharing.contracts (organization_id, data_room_id);
CREATE INDEX contracts_participant ON sharing.contracts (participant_organization_id, status);

CREATE TABLE sharing.contract_scopes (
  organization_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  scope text NOT NULL CHECK (scope ~ '^[a-z][a-z-]*$'),
  may_export boolean NOT NULL DEFAULT false,
  expires_at timestamptz,
  PRIMARY KEY (organization_id, contract_id, scope),
  FOREIGN KEY (organization_id, contract_id) REFERENCES sharing.contracts ON DELETE CASCADE
);
COMMENT ON TABLE sharing.contract_scopes IS 'The kinds of rows that a contract opens: words of app.table_rules.shared_by.';
COMMENT ON COLUMN sharing.contract_scopes.may_export IS 'Reading is what every scope grants; taking away as a file is granted by name.';
COMMENT ON COLUMN sharing.contract_scopes.expires_at IS 'Where it ends before the contract does.';

CREATE TABLE sharing.access_requests (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  data_room_id uuid NOT NULL,
  requester_organization_id uuid NOT NULL REFERENCES org.organizations,
  requested_by uuid NOT NULL,
  message text,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected', 'withdrawn')),
  requested_at timestamptz NOT NULL DEFAULT now(),
  decided_by uuid,
  decided_at timestamptz,
  contract_id uuid,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, data_room_id) REFERENCES sharing.data_rooms ON DELETE CASCADE,
  FOREIGN KEY (requester_organization_id, requested_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, decided_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, contract_id) REFERENCES sharing.contracts,
  CONSTRAINT access_requests_two CHECK (requester_organization_id <> organization_id),
  CONSTRAINT access_requests_decided CHECK ((status IN ('approved', 'rejected')) = (decided_by IS NOT NULL)
    AND (decided_by IS NULL) = (decided_at IS NULL) AND decided_at >= requested_at)
);
COMMENT ON TABLE sharing.access_requests IS 'Another organization asks to be let into a room; the row belongs to the room''s owner and is made by sharing.request_access().';
COMMENT ON COLUMN sharing.access_requests.contract_id IS 'The contract that came of it.';
CREATE UNIQUE INDEX access_requests_once ON sharing.access_requests (organization_id, data_room_id, requester_organization_id) WHERE status = 'pending';
CREATE INDEX access_requests_requester ON sharing.access_requests (requester_organization_id, requested_at DESC);

-- The organizations that let the caller's read rows of this scope, now. Asked once a query by the policies.
CREATE FUNCTION sharing.grantors(wanted text) RETURNS uuid[]
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
  SELECT coalesce(array_agg(DISTINCT c.organization_id), '{}')
    FROM identity.current_context() AS own
    JOIN sharing.contracts c ON c.participant_organization_id = own.organization_id
    JOIN sharing.contract_scopes s ON s.organization_id = c.organization_id AND s.contract_id = c.id
    JOIN sharing.data_rooms r ON r.organization_id = c.organization_id AND r.id = c.data_room_id
    WHERE s.scope = wanted AND c.status = 'active'
      AND c.starts_at <= now() AND coalesce(least(c.expires_at, s.expires_at, r.closed_at), 'infinity') > now()
      AND (NOT EXISTS (SELECT FROM sharing.data_room_members m
             WHERE m.organization_id = c.organization_id AND m.data_room_id = c.data_room_id
               AND m.member_organization_id = own.organization_id AND m.user_id IS NOT NULL)
        OR EXISTS (SELECT FROM sharing.data_room_members m
             WHERE m.organization_id = c.organization_id AND m.data_room_id = c.data_room_id
               AND m.member_organization_id = own.organization_id AND m.user_id = own.user_id
               AND coalesce(m.expires_at, 'infinity') > now())));
END
$$;

CREATE FUNCTION sharing.shared_plants(wanted text) RETURNS uuid[]
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN ARRAY(SELECT p.id FROM org.plants p WHERE p.organization_id = ANY (sharing.grantors(wanted))); END $$;

-- For the policies of shared tables: the caller's organization and those that share this scope with it, and the plants that
-- the caller reads of its own and all of theirs. Nearly always nobody shares anything, which begin has sealed.
CREATE FUNCTION sharing.readable_organizations(wanted text) RETURNS uuid[]
  LANGUAGE sql STABLE PARALLEL RESTRICTED
  RETURN coalesce(nullif(substr(identity.sealed('lanewright.context'), 37, 38), repeat(' ', 38))::uuid[],
    identity.current_organization() || sharing.grantors(wanted));

CREATE FUNCTION sharing.readable_plants(wanted text) RETURNS uuid[]
  LANGUAGE sql STABLE PARALLEL RESTRICTED
  RETURN coalesce(nullif(split_part(identity.sealed('lanewright.plants'), '|', 2), '')::uuid[],
    identity.plants('read') || sharing.shared_plants(wanted));

-- A scope that no table knows would share nothing, in silence.
CREATE FUNCTION sharing.check_scope() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM app.table_rules WHERE shared_by = NEW.scope) THEN
    RAISE EXCEPTION 'refusal.unknown-scope' USING ERRCODE = 'LW001', DETAIL = jsonb_build_object('scope', NEW.scope);
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_scope BEFORE INSERT OR UPDATE ON sharing.contract_scopes
  FOR EACH ROW EXECUTE FUNCTION sharing.check_scope();

-- It takes two: the owner proposes, only the other organization accepts, and what was accepted is not rewritten.
CREATE FUNCTION sharing.check_contract() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own uuid := identity.current_organization();
BEGIN
  IF own IS NOT NULL AND own <> NEW.participant_organization_id
    AND (TG_OP = 'INSERT' AND NEW.accepted_by IS NOT NULL
      OR TG_OP = 'UPDATE' AND (NEW.accepted_by IS DISTINCT FROM OLD.accepted_by OR NEW.accepted_at IS DISTINCT FROM OLD.accepted_at))
  THEN
    RAISE EXCEPTION 'refusal.contract-accepted-by-other' USING ERRCODE = 'LW001', DETAIL = '{}';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.data_room_id <> OLD.data_room_id OR NEW.participant_organization_id <> OLD.participant_organization_id)
  THEN
    RAISE EXCEPTION 'refusal.contract-parties-stand' USING ERRCODE = 'LW001', DETAIL = '{}';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_contract BEFORE INSERT OR UPDATE ON sharing.contracts
  FOR EACH ROW EXECUTE FUNCTION sharing.check_contract();

-- What participants see of a room, beside the policies of the owner.
CREATE POLICY participant ON sharing.contracts FOR SELECT
  USING (participant_organization_id = (SELECT identity.current_organization()));
CREATE POLICY participant ON sharing.contract_scopes FOR SELECT
  USING (EXISTS (SELECT FROM sharing.contracts c WHERE c.organization_id = contract_scopes.organization_id
    AND c.id = contract_scopes.contract_id AND c.participant_organization_id = (SELECT identity.current_organization())));
CREATE POLICY participant ON sharing.access_requests FOR SELECT
  USING (requester_organization_id = (SELECT identity.current_organization()));
CREATE POLICY participant ON sharing.data_rooms FOR SELECT
  USING (EXISTS (SELECT FROM sharing.contracts c WHERE c.organization_id = data_rooms.organization_id
    AND c.data_room_id = data_rooms.id AND c.participant_organization_id = (SELECT identity.current_organization())));
CREATE POLICY participant ON sharing.data_room_members FOR SELECT
  USING (member_organization_id = (SELECT identity.current_organization()));

-- The doors of those who do not own the room. A room is known by the id that its owner handed out.
CREATE FUNCTION sharing.request_access(room uuid, message text DEFAULT NULL) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own identity.context := identity.current_context();
  owner uuid;
  request uuid;
BEGIN
  IF own.session_id IS NULL OR NOT identity.can('sharing:write') THEN
    RAISE EXCEPTION 'permission denied' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT r.organization_id INTO owner FROM sharing.data_rooms r
    WHERE r.id = room AND r.closed_at IS NULL AND r.organization_id <> own.organization_id;
  IF owner IS NULL THEN
    RAISE EXCEPTION 'refusal.unknown-data-room' USING ERRCODE = 'LW001', DETAIL = '{}';
  END IF;
  INSERT INTO sharing.access_requests (organization_id, data_room_id, requester_organization_id, requested_by, message)
    VALUES (owner, room, own.organization_id, own.user_id, message)
    ON CONFLICT (organization_id, data_room_id, requester_organization_id) WHERE status = 'pending'
    DO UPDATE SET message = excluded.message
    RETURNING id INTO request;
  RETURN request;
END
$$;

CREATE FUNCTION sharing.answer_contract(contract uuid, accept boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own identity.context := identity.current_context();
BEGIN
  IF own.session_id IS NULL OR NOT identity.can('sharing:write') THEN
    RAISE EXCEPTION 'permission denied' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE sharing.contracts SET
      status = CASE WHEN accept THEN 'active' ELSE 'rejected' END,
      accepted_by = CASE WHEN accept THEN own.user_id END,
      accepted_at = CASE WHEN accept THEN now() END,
      ended_at = CASE WHEN NOT accept THEN now() END
    WHERE id = contract AND participant_organization_id = own.organization_id AND status = 'pending';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'refusal.no-contract-to-answer' USING ERRCODE = 'LW001', DETAIL = '{}';
  END IF;
END
$$;

CREATE FUNCTION sharing.partners() RETURNS TABLE (organization_id uuid, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT o.id, o.name FROM org.organizations o WHERE o.id IN (
    SELECT c.organization_id FROM sharing.contracts c WHERE c.participant_organization_id = identity.current_organization()
    UNION SELECT c.participant_organization_id FROM sharing.contracts c WHERE c.organization_id = identity.current_organization()
    UNION SELECT r.requester_organization_id FROM sharing.access_requests r WHERE r.organization_id = identity.current_organization())
$$;
COMMENT ON FUNCTION sharing.partners() IS 'Names of the organizations that have a contract with ours or asked for one.';
GRANT EXECUTE ON FUNCTION sharing.grantors(text), sharing.shared_plants(text), sharing.readable_organizations(text),
  sharing.readable_plants(text), sharing.partners() TO lanewright_app, lanewright_report;
GRANT EXECUTE ON FUNCTION sharing.request_access(uuid, text), sharing.answer_contract(uuid, boolean) TO lanewright_app;

CREATE TABLE notify.channels (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('in_app', 'email', 'sms', 'push', 'webhook', 'chat')),
  config jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(config) = 'object'),
  credentials_cipher bytea,
  key_id text,
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, kind),
  CONSTRAINT channels_key CHECK ((credentials_cipher IS NULL) = (key_id IS NULL))
);
COMMENT ON TABLE notify.channels IS 'The ways in which an organization reaches its people.';
COMMENT ON COLUMN notify.channels.config IS 'Server, sender, limits; no secrets.';
COMMENT ON COLUMN notify.channels.credentials_cipher IS 'Encrypted by the application with the key key_id, which is not in the database.';

CREATE TABLE notify.templates (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  channel text NOT NULL CHECK (channel IN ('in_app', 'email', 'sms', 'push', 'webhook', 'chat')),
  locale text NOT NULL DEFAULT 'en' CHECK (locale ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
  subject text,
  body text NOT NULL CHECK (body <> ''),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, name, locale),
  CONSTRAINT templates_subject CHECK (channel <> 'email' OR subject IS NOT NULL)
);
COMMENT ON TABLE notify.templates IS 'The words of notifications that an organization writes itself.';
COMMENT ON COLUMN notify.templates.locale IS 'BCP 47; a name has one text a language.';
COMMENT ON COLUMN notify.templates.body IS 'ICU message; its values come with the notification.';

CREATE TABLE notify.notifications (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  user_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_.-]*$'),
  title text NOT NULL CHECK (title <> ''),
  message text,
  link text,
  subject_kind text,
  subject_id uuid,
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  channel text NOT NULL DEFAULT 'in_app' CHECK (channel IN ('in_app', 'email', 'sms', 'push', 'webhook', 'chat')),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed')),
  error_message text,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  sent_at timestamptz,
  read_at timestamptz,
  PRIMARY KEY (organization_id, at, id),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  CONSTRAINT notifications_subject CHECK ((subject_kind IS NULL) = (subject_id IS NULL)),
  CONSTRAINT notifications_link CHECK (link ~ '^/[^/\\]' OR link = '/'),
  CONSTRAINT notifications_sent CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
  CONSTRAINT notifications_times CHECK (sent_at >= at AND read_at >= at)
) PARTITION BY RANGE (at);
COMMENT ON TABLE notify.notifications IS 'What a person is told, a row a person and channel; kept for six months. Read is read_at: no second flag is kept.';
COMMENT ON COLUMN notify.notifications.kind IS 'ncr_created, work_order_delayed, material_low_stock, ...';
COMMENT ON COLUMN notify.notifications.link IS 'A place in the application; never an address elsewhere.';
CREATE INDEX notifications_at ON notify.notifications USING brin (at);
CREATE INDEX notifications_user ON notify.notifications (organization_id, user_id, at DESC);
CREATE INDEX notifications_unread ON notify.notifications (organization_id, user_id, at DESC) WHERE read_at IS NULL;
CREATE INDEX notifications_to_send ON notify.notifications (organization_id, channel, at) WHERE status = 'pending';

-- A person sees and reads their own; telling somebody else goes through a door.
CREATE FUNCTION notify.send(recipients uuid[], kind text, title text, message text DEFAULT NULL, link text DEFAULT NULL,
  subject_kind text DEFAULT NULL, subject_id uuid DEFAULT NULL, channel text DEFAULT 'in_app', metadata jsonb DEFAULT '{}')
  RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own identity.context := identity.current_context();
  told integer;
BEGIN
  IF own.session_id IS NULL OR NOT identity.can('notify:write') THEN
    RAISE EXCEPTION 'permission denied' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO notify.notifications (organization_id, user_id, kind, title, message, link, subject_kind, subject_id, channel, metadata,
                                    status, at, sent_at)
    SELECT u.organization_id, u.id, send.kind, send.title, send.message, send.link, send.subject_kind, send.subject_id, send.channel,
           send.metadata, CASE send.channel WHEN 'in_app' THEN 'sent' ELSE 'pending' END, now(),
           CASE send.channel WHEN 'in_app' THEN now() END
      FROM identity.users u WHERE u.organization_id = own.organization_id AND u.id = ANY (recipients) AND u.active AND u.kind = 'person';
  GET DIAGNOSTICS told = ROW_COUNT;
  RETURN told;
END
$$;
COMMENT ON FUNCTION notify.send IS 'Tells people of the caller''s organization; returns how many were told.';

CREATE FUNCTION notify.mark_read(ids uuid[]) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own identity.context := identity.current_context();
  marked integer;
BEGIN
  UPDATE notify.notifications SET read_at = greatest(at, clock_timestamp())
    WHERE organization_id = own.organization_id AND user_id = own.user_id AND id = ANY (ids) AND read_at IS NULL;
  GET DIAGNOSTICS marked = ROW_COUNT;
  RETURN marked;
END
$$;
GRANT EXECUTE ON FUNCTION notify.send(uuid[], text, text, text, text, text, uuid, text, jsonb), notify.mark_read(uuid[]) TO lanewright_app;

CREATE TABLE assist.conversations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  title text,
  archived_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, id, user_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users
);
COMMENT ON TABLE assist.conversations IS 'A person''s own with the assistant: nobody else reads it.';
CREATE INDEX conversations_user ON assist.conversations (organization_id, user_id, id DESC);

CREATE TABLE assist.messages (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL CHECK (role IN ('user', 'assistant', 'system', 'tool')),
  content text NOT NULL,
  agent text CHECK (agent <> ''),
  confidence_ratio double precision CHECK (confidence_ratio BETWEEN 0 AND 1),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, conversation_id, id),
  FOREIGN KEY (organization_id, conversation_id, user_id) REFERENCES assist.conversations (organization_id, id, user_id) ON DELETE CASCADE,
  CONSTRAINT messages_agent CHECK (role <> 'user' OR (agent IS NULL AND confidence_ratio IS NULL))
);
COMMENT ON TABLE assist.messages IS 'What was said in a conversation, by the person, the assistant and its tools.';
COMMENT ON COLUMN assist.messages.user_id IS 'Whose conversation it is, not who speaks: that is role.';
COMMENT ON COLUMN assist.messages.agent IS 'Which of the assistants answered.';
CREATE INDEX messages_conversation ON assist.messages (organization_id, conversation_id, at);

CREATE TABLE assist.approvals (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  message_id uuid NOT NULL,
  requested_for uuid NOT NULL,
  action text NOT NULL CHECK (action <> ''),
  payload jsonb NOT NULL CHECK (jsonb_typeof(payload) = 'object'),
  summary text NOT NULL CHECK (summary <> ''),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected', 'expired', 'executed', 'failed')),
  decided_by uuid,
  decided_at timestamptz,
  reason text,
  expires_at timestamptz,
  executed_at timestamptz,
  command_id uuid,
  error_message text,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, command_id),
  FOREIGN KEY (organization_id, conversation_id) REFERENCES assist.conversations ON DELETE CASCADE,
  FOREIGN KEY (organization_id, conversation_id, message_id) REFERENCES assist.messages (organization_id, conversation_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, requested_for) REFERENCES identity.users,
  FOREIGN KEY (organization_id, decided_by) REFERENCES identity.users,
  CONSTRAINT approvals_decided CHECK ((decided_at IS NULL) = (decided_by IS NULL)
    AND (status IN ('approved', 'rejected', 'executed', 'failed')) = (decided_at IS NOT NULL)),
  CONSTRAINT approvals_executed CHECK ((status <> 'executed' OR executed_at IS NOT NULL)
    AND (executed_at IS NULL OR (status IN ('executed', 'failed') AND executed_at >= decided_at)))
);
COMMENT ON TABLE assist.approvals IS 'What the assistant proposes to do. Nothing is done before a person approved it: only what was approved can be executed, as it was approved.';
COMMENT ON COLUMN assist.approvals.requested_for IS 'The person in whose name it would be done.';
COMMENT ON COLUMN assist.approvals.action IS 'The command that would be sent, its input in payload.';
COMMENT ON COLUMN assist.approvals.command_id IS 'The command that was sent (app.applied_commands).';
CREATE INDEX approvals_conversation ON assist.approvals (organization_id, conversation_id);
CREATE INDEX approvals_pending ON assist.approvals (organization_id, id) WHERE status = 'pending';

-- Who decides is who is signed in, and what was decided on does not change afterwards.
CREATE FUNCTION assist.check_approval() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own uuid := identity.current_user_id();
BEGIN
  IF own IS NOT NULL AND NEW.decided_by IS DISTINCT FROM own
    AND (TG_OP = 'INSERT' AND NEW.decided_by IS NOT NULL OR TG_OP = 'UPDATE' AND NEW.decided_by IS DISTINCT FROM OLD.decided_by)
  THEN
    RAISE EXCEPTION 'refusal.approval-in-own-name' USING ERRCODE = 'LW001', DETAIL = '{}';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'pending' THEN
      RAISE EXCEPTION 'refusal.approval-begins-pending' USING ERRCODE = 'LW001', DETAIL = '{}';
    END IF;
  ELSIF (NEW.action, NEW.payload, NEW.requested_for) IS DISTINCT FROM (OLD.action, OLD.payload, OLD.requested_for) THEN
    RAISE EXCEPTION 'refusal.approval-payload-stands' USING ERRCODE = 'LW001', DETAIL = '{}';
  ELSIF NEW.status = 'executed' AND OLD.status <> 'approved' THEN
    RAISE EXCEPTION 'refusal.approval-needed' USING ERRCODE = 'LW001', DETAIL = jsonb_build_object('status', OLD.status);
  ELSIF NEW.status = 'approved' AND OLD.status = 'pending' AND OLD.expires_at <= now() THEN
    RAISE EXCEPTION 'refusal.approval-expired' USING ERRCODE = 'LW001', DETAIL = '{}';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_approval BEFORE INSERT OR UPDATE ON assist.approvals
  FOR EACH ROW EXECUTE FUNCTION assist.check_approval();

CREATE TABLE integration.connectors (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_-]*$'),
  name text NOT NULL CHECK (name <> ''),
  config jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(config) = 'object'),
  credentials_cipher bytea,
  key_id text,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'error', 'disabled')),
  status_reason text,
  last_sync_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, name),
  CONSTRAINT connectors_key CHECK ((credentials_cipher IS NULL) = (key_id IS NULL)),
  CONSTRAINT connectors_error CHECK (status <> 'error' OR status_reason IS NOT NULL)
);
COMMENT ON TABLE integration.connectors IS 'Other systems: ERP, MES, laboratory, carriers.';
COMMENT ON COLUMN integration.connectors.kind IS 'sap, rest, sftp, csv_folder, ...';
COMMENT ON COLUMN integration.connectors.config IS 'Address, mapping, rhythm; no secrets.';
COMMENT ON COLUMN integration.connectors.credentials_cipher IS 'Encrypted by the application with the key key_id, which is not in the database.';
CREATE INDEX connectors_kind ON integration.connectors (organization_id, kind);

CREATE TABLE integration.sync_jobs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  connector_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind <> ''),
  direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
  trigger text NOT NULL DEFAULT 'schedule' CHECK (trigger IN ('schedule', 'manual', 'event')),
  since_cursor text,
  until_cursor text,
  records_synced integer NOT NULL DEFAULT 0 CHECK (records_synced >= 0),
  records_failed integer NOT NULL DEFAULT 0 CHECK (records_failed >= 0),
  errors jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(errors) = 'array'),
  started_at timestamptz,
  completed_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, connector_id) REFERENCES integration.connectors ON DELETE CASCADE,
  CONSTRAINT sync_jobs_times CHECK (completed_at >= started_at AND (completed_at IS NULL OR started_at IS NOT NULL)),
  CONSTRAINT sync_jobs_status CHECK (CASE status WHEN 'queued' THEN started_at IS NULL WHEN 'running' THEN started_at IS NOT NULL AND completed_at IS NULL
    WHEN 'cancelled' THEN true ELSE completed_at IS NOT NULL END)
);
COMMENT ON TABLE integration.sync_jobs IS 'A run of a connector, a row a run. What is queued and when it runs is the job scheduler''s.';
COMMENT ON COLUMN integration.sync_jobs.kind IS 'What is exchanged: sales_order, production_order, material_master, invoice, ...';
COMMENT ON COLUMN integration.sync_jobs.since_cursor IS 'Where the run before ended in the other system''s terms; until_cursor is where this one did.';
COMMENT ON COLUMN integration.sync_jobs.errors IS 'The first hundred, as they came; the rest stand in integration.sync_logs.';
CREATE INDEX sync_jobs_connector ON integration.sync_jobs (organization_id, connector_id, id DESC);
CREATE INDEX sync_jobs_status ON integration.sync_jobs (organization_id, status, id DESC);
-- A connector runs one exchange of a kind at a time.
CREATE UNIQUE INDEX sync_jobs_one_running ON integration.sync_jobs (organization_id, connector_id, kind, direction) WHERE status = 'running';

CREATE TABLE integration.sync_logs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  connector_id uuid,
  sync_job_id uuid,
  kind text NOT NULL CHECK (kind <> ''),
  direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
  subject_kind text,
  subject_id uuid,
  external_reference text,
  status text NOT NULL CHECK (status IN ('pending', 'success', 'error', 'retry')),
  request_payload text,
  response_payload text,
  error_message text,
  retry_count integer NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
  duration_ms integer CHECK (duration_ms >= 0),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, at, id),
  FOREIGN KEY (organization_id, connector_id) REFERENCES integration.connectors,
  CONSTRAINT sync_logs_error CHECK (status NOT IN ('error', 'retry') OR error_message IS NOT NULL)
) PARTITION BY RANGE (at);
COMMENT ON TABLE integration.sync_logs IS 'Every message to and from another system, a row a try; kept for a year.';
COMMENT ON COLUMN integration.sync_logs.external_reference IS 'How the other system calls it.';
COMMENT ON COLUMN integration.sync_logs.sync_job_id IS 'The run; no foreign key, because runs may go before their logs.';
CREATE INDEX sync_logs_at ON integration.sync_logs USING brin (at);
CREATE INDEX sync_logs_status ON integration.sync_logs (organization_id, status, at DESC);
CREATE INDEX sync_logs_subject ON integration.sync_logs (organization_id, subject_id, at DESC) WHERE subject_id IS NOT NULL;
CREATE INDEX sync_logs_job ON integration.sync_logs (organization_id, sync_job_id) WHERE sync_job_id IS NOT NULL;

CREATE TABLE integration.external_references (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  subject_kind text NOT NULL CHECK (subject_kind <> ''),
  subject_id uuid NOT NULL,
  system text NOT NULL CHECK (system ~ '^[a-z][a-z0-9_-]*$'),
  reference_kind text NOT NULL CHECK (reference_kind <> ''),
  reference text NOT NULL CHECK (reference <> ''),
  connector_id uuid,
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, subject_kind, subject_id, system, reference_kind),
  FOREIGN KEY (organization_id, connector_id) REFERENCES integration.connectors
);
COMMENT ON TABLE integration.external_references IS 'What a thing of ours is called elsewhere.';
COMMENT ON COLUMN integration.external_references.subject_kind IS 'work_order, material, plant, project, service_order, customer, ...';
COMMENT ON COLUMN integration.external_references.system IS 'sap, pyxis, tempo, ...';
COMMENT ON COLUMN integration.external_references.reference_kind IS 'sales_order, production_order, material_number, project, lead, ...';
CREATE INDEX external_references_reference ON integration.external_references (organization_id, system, reference_kind, reference);

CREATE TABLE integration.webhooks (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  connector_id uuid,
  url text NOT NULL CHECK (url ~ '^https://[^/[:space:]]+'),
  events text[] NOT NULL CHECK (cardinality(events) > 0),
  secret_cipher bytea NOT NULL,
  key_id text NOT NULL CHECK (key_id <> ''),
  active boolean NOT NULL DEFAULT true,
  disabled_reason text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, connector_id) REFERENCES integration.connectors ON DELETE CASCADE
);
COMMENT ON TABLE integration.webhooks IS 'Addresses elsewhere that are told of changes.';
COMMENT ON COLUMN integration.webhooks.events IS 'Subjects of the change feed that it is told of.';
COMMENT ON COLUMN integration.webhooks.secret_cipher IS 'The secret that deliveries are signed with, encrypted by the application with the key key_id.';
CREATE INDEX webhooks_connector ON integration.webhooks (organization_id, connector_id) WHERE connector_id IS NOT NULL;

CREATE TABLE integration.webhook_deliveries (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  webhook_id uuid NOT NULL,
  event text NOT NULL CHECK (event <> ''),
  event_id uuid NOT NULL,
  payload text NOT NULL,
  signed_at timestamptz NOT NULL,
  signature text NOT NULL CHECK (signature ~ '^[0-9a-f]{64}$'),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'retry', 'dead')),
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_attempt_at timestamptz,
  response_status integer CHECK (response_status BETWEEN 100 AND 599),
  response_body text,
  error_message text,
  delivered_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, webhook_id, event_id),
  FOREIGN KEY (organization_id, webhook_id) REFERENCES integration.webhooks ON DELETE CASCADE,
  CONSTRAINT webhook_deliveries_delivered CHECK ((status = 'delivered') = (delivered_at IS NOT NULL) AND delivered_at >= signed_at),
  CONSTRAINT webhook_deliveries_retry CHECK ((status = 'retry') = (next_attempt_at IS NOT NULL)),
  CONSTRAINT webhook_deliveries_tried CHECK (status = 'pending' OR attempts > 0)
);
COMMENT ON TABLE integration.webhook_deliveries IS 'What a webhook is to be told: once an event, tried until it is delivered or dead.';
COMMENT ON COLUMN integration.webhook_deliveries.payload IS 'The bytes that were signed, as they are sent.';
COMMENT ON COLUMN integration.webhook_deliveries.signature IS 'HMAC-SHA256 (RFC 2104) in hex over signed_at as epoch seconds, a full stop, and payload.';
CREATE INDEX webhook_deliveries_due ON integration.webhook_deliveries (organization_id, next_attempt_at) WHERE status IN ('pending', 'retry');

CREATE TABLE integration.import_batches (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  plant_id uuid,
  target text NOT NULL CHECK (target ~ '^[a-z_]+\.[a-z_]+$'),
  file_name text NOT NULL CHECK (file_name <> ''),
  file_id uuid,
  format text NOT NULL CHECK (format IN ('csv', 'xlsx', 'json')),
  mapping jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(mapping) = 'object'),
  on_match text NOT NULL DEFAULT 'update' CHECK (on_match IN ('update', 'skip', 'fail')),
  status text NOT NULL DEFAULT 'staged' CHECK (status IN ('staged', 'checked', 'importing', 'imported', 'failed', 'cancelled')),
  rows_total integer NOT NULL DEFAULT 0 CHECK (rows_total >= 0),
  rows_invalid integer NOT NULL DEFAULT 0 CHECK (rows_invalid >= 0),
  rows_imported integer NOT NULL DEFAULT 0 CHECK (rows_imported >= 0),
  started_at timestamptz,
  completed_at timestamptz,
  error_message text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, file_id) REFERENCES app.files,
  CONSTRAINT import_batches_rows CHECK (rows_invalid + rows_imported <= rows_total),
  CONSTRAINT import_batches_times CHECK (completed_at >= started_at),
  CONSTRAINT import_batches_end CHECK (status <> 'imported' OR completed_at IS NOT NULL)
);
COMMENT ON TABLE integration.import_batches IS 'A file of rows for any table, staged, checked and then imported.';
COMMENT ON COLUMN integration.import_batches.target IS 'The table that the rows are for.';
COMMENT ON COLUMN integration.import_batches.mapping IS 'Column of the file to column of the table, with constants and look-ups.';
COMMENT ON COLUMN integration.import_batches.on_match IS 'What happens to a row whose code is there already.';
CREATE INDEX import_batches_target ON integration.import_batches (organization_id, target, id DESC);

CREATE TABLE integration.import_rows (
  organization_id uuid NOT NULL,
  import_batch_id uuid NOT NULL,
  plant_id uuid,
  row_no integer NOT NULL CHECK (row_no > 0),
  legacy_id text,
  raw jsonb NOT NULL CHECK (jsonb_typeof(raw) = 'object'),
  mapped jsonb CHECK (jsonb_typeof(mapped) = 'object'),
  status text NOT NULL DEFAULT 'staged' CHECK (status IN ('staged', 'valid', 'invalid', 'imported', 'skipped')),
  errors jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(errors) = 'array'),
  target_id uuid,
  PRIMARY KEY (organization_id, import_batch_id, row_no),
  FOREIGN KEY (organization_id, import_batch_id) REFERENCES integration.import_batches ON DELETE CASCADE,
  CONSTRAINT import_rows_errors CHECK ((status = 'invalid') = (errors <> '[]')),
  CONSTRAINT import_rows_target CHECK (status <> 'imported' OR target_id IS NOT NULL)
);
COMMENT ON TABLE integration.import_rows IS 'Staging: a row of the file as it came, as it was understood, and what became of it.';
COMMENT ON COLUMN integration.import_rows.row_no IS 'Line of the file, the first row of data being 1.';
COMMENT ON COLUMN integration.import_rows.legacy_id IS 'What the old system calls it.';
COMMENT ON COLUMN integration.import_rows.errors IS 'Objects with column, reason (a message key) and values.';
COMMENT ON COLUMN integration.import_rows.plant_id IS 'That of the batch.';
CREATE INDEX import_rows_status ON integration.import_rows (organization_id, import_batch_id, status);
CREATE TRIGGER take_place BEFORE INSERT OR UPDATE OF import_batch_id, plant_id ON integration.import_rows
  FOR EACH ROW EXECUTE FUNCTION app.take_place('integration.import_batches', 'import_batch_id');

-- A reference to projects from what is laid out before them.
ALTER TABLE logistics.shipments ADD FOREIGN KEY (organization_id, project_id) REFERENCES project.projects;

INSERT INTO app.table_rules (target, plant_column, plant_optional, owner_column, read_permission, write_permissions, append_only,
                             delete_permissions, stamped, audited, feed_subject, feed_id, time_column, partition_by, retention) VALUES
  ('sharing.data_rooms', NULL, false, NULL, '', '{sharing:write}', false, '{}', true, true, 'data-rooms', 'id', NULL, NULL, NULL),
  ('sharing.data_room_members', NULL, false, NULL, '', '{sharing:write}', false, '{sharing:write}', true, true, 'data-rooms', 'data_room_id', NULL, NULL, NULL),
  ('sharing.contracts', NULL, false, NULL, '', '{sharing:write}', false, '{}', true, true, 'data-rooms', 'data_room_id', NULL, NULL, NULL),
  ('sharing.contract_scopes', NULL, false, NULL, '', '{sharing:write}', false, '{sharing:write}', true, true, NULL, NULL, NULL, NULL, NULL),
  ('sharing.access_requests', NULL, false, NULL, '', '{sharing:write}', false, '{}', true, true, 'data-rooms', 'data_room_id', NULL, NULL, NULL),
  ('notify.channels', NULL, false, NULL, 'notify:write', '{notify:write}', false, '{}', true, true, NULL, NULL, NULL, NULL, NULL),
  ('notify.templates', NULL, false, NULL, '', '{notify:write}', false, '{notify:write}', true, true, NULL, NULL, NULL, NULL, NULL),
  ('notify.notifications', NULL, false, 'user_id', '', '{}', false, '{}', false, false, 'notifications', 'user_id', 'at', 'month', '6 months'),
  ('assist.conversations', NULL, false, 'user_id', '', '{assist:use}', false, '{assist:use}', true, true, NULL, NULL, NULL, NULL, NULL),
  ('assist.messages', NULL, false, 'user_id', '', '{assist:use}', true, '{assist:use}', false, false, 'conversations', 'conversation_id', NULL, NULL, NULL),
  ('assist.approvals', NULL, false, NULL, 'assist:use', '{assist:use}', false, '{}', true, true, 'approvals', 'id', NULL, NULL, NULL),
  ('integration.connectors', NULL, false, NULL, 'integration:write', '{integration:write}', false, '{}', true, true, 'connectors', 'id', NULL, NULL, NULL),
  ('integration.sync_jobs', NULL, false, NULL, 'integration:write', '{integration:write}', false, '{}', true, false, 'connectors', 'connector_id', NULL, NULL, NULL),
  ('integration.sync_logs', NULL, false, NULL, 'integration:write', '{integration:write}', true, '{}', false, false, NULL, NULL, 'at', 'month', '1 year'),
  ('integration.external_references', NULL, false, NULL, '', '{integration:write}', false, '{integration:write}', true, true, NULL, NULL, NULL, NULL, NULL),
  ('integration.webhooks', NULL, false, NULL, 'integration:write', '{integration:write}', false, '{}', true, true, NULL, NULL, NULL, NULL, NULL),
  ('integration.webhook_deliveries', NULL, false, NULL, 'integration:write', '{integration:write}', false, '{}', true, false, NULL, NULL, NULL, NULL, NULL),
  ('integration.import_batches', 'plant_id', true, NULL, 'integration:write', '{integration:write}', false, '{integration:write}', true, true, 'imports', 'id', NULL, NULL, NULL),
  ('integration.import_rows', 'plant_id', true, NULL, 'integration:write', '{integration:write}', false, '{integration:write}', false, false, NULL, NULL, NULL, NULL, NULL);
