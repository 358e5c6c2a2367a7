-- Who may do what. The application's role reaches sessions and passwords through functions alone.
--
-- Every function here ends its search_path in pg_temp: left out, the temporary schema of the caller is searched first, and
-- a temporary domain named uuid would run its CHECK with the owner's rights. (But those whose body is an expression: what
-- it names was bound when they were made.)

-- Mail is sent by whoever works on the jobs, who alone learns the codes that go out.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lanewright_jobs') THEN
    CREATE ROLE lanewright_jobs NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
END
$$;
GRANT USAGE ON SCHEMA identity TO lanewright_jobs;

CREATE TABLE org.organizations (
  id uuid PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9-]{2,20}$'),
  name text NOT NULL CHECK (name <> ''),
  gs1_company_prefix text NOT NULL CHECK (gs1_company_prefix ~ '^[0-9]{4,12}$'),
  description text,
  industry text,
  size text,
  logo_url text CHECK (logo_url ~ '^https://'),
  website_url text CHECK (website_url ~ '^https?://'),
  primary_color text CHECK (primary_color ~ '^#[0-9A-Fa-f]{6}$'),
  address text,
  contact_email_cipher bytea CHECK (octet_length(contact_email_cipher) BETWEEN 32 AND 2048),
  contact_phone_cipher bytea CHECK (octet_length(contact_phone_cipher) BETWEEN 32 AND 2048),
  billing_email_cipher bytea CHECK (octet_length(billing_email_cipher) BETWEEN 32 AND 2048),
  settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'trial', 'suspended', 'deleted')),
  trial_ends_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (status <> 'trial' OR trial_ends_at IS NOT NULL),
  CHECK ((status = 'deleted') = (deleted_at IS NOT NULL))
);
COMMENT ON TABLE org.organizations IS 'The tenant: ISA-95 enterprise. A slug would double code, is_active doubles status, and the plan paid for is in org.subscriptions.';
COMMENT ON COLUMN org.organizations.gs1_company_prefix IS 'GS1 General Specifications 1.4: the prefix that SSCCs and GTINs begin with.';
COMMENT ON COLUMN org.organizations.size IS 'Band of headcount as the organization gives it, for example 50-249.';
COMMENT ON COLUMN org.organizations.status IS 'Suspended and deleted: nobody signs in, open sessions end.';

CREATE TABLE org.plants (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  code text NOT NULL CHECK (code ~ '^[A-Z0-9-]{2,20}$'),
  name text NOT NULL,
  time_zone text NOT NULL,
  kind text CHECK (kind IN ('fabrication', 'production', 'assembly', 'packing', 'distribution')),
  address text,
  country_code text,
  manager_user_id uuid,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code)
);
COMMENT ON TABLE org.plants IS 'ISA-95 site.';
COMMENT ON COLUMN org.plants.time_zone IS 'IANA name; shift calendars and days of the plant are computed in it.';
COMMENT ON COLUMN org.plants.kind IS 'NULL: not said.';
CREATE INDEX plants_kind ON org.plants (organization_id, kind) WHERE active;

CREATE TABLE org.areas (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  position integer NOT NULL DEFAULT 0,
  description text,
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, plant_id, code),
  UNIQUE (organization_id, plant_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE org.areas IS 'ISA-95 area: a part of a plant that lanes stand in.';

CREATE TABLE identity.users (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  login text NOT NULL UNIQUE CHECK (login = lower(login) AND login ~ '^[a-z0-9._@-]{2,100}$'),
  display_name text NOT NULL,
  password_hash text NOT NULL,
  kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'station')),
  station_code text,
  home_plant_id uuid NOT NULL,
  active boolean NOT NULL DEFAULT true,
  given_name text,
  family_name text,
  employee_code text CHECK (employee_code <> ''),
  email_cipher bytea CHECK (octet_length(email_cipher) BETWEEN 32 AND 2048),
  email_index bytea CHECK (octet_length(email_index) = 32),
  email_verified_at timestamptz,
  phone_cipher bytea CHECK (octet_length(phone_cipher) BETWEEN 32 AND 2048),
  phone_verified_at timestamptz,
  avatar_url text CHECK (avatar_url ~ '^https://'),
  locale text CHECK (locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  time_zone text CHECK (time_zone <> ''),
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  password_changed_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, home_plant_id) REFERENCES org.plants,
  CHECK ((kind = 'station') = (station_code IS NOT NULL)),
  CHECK ((email_cipher IS NULL) = (email_index IS NULL)),
  CHECK (email_verified_at IS NULL OR email_cipher IS NOT NULL),
  CHECK (phone_verified_at IS NULL OR phone_cipher IS NOT NULL),
  CHECK (deleted_at IS NULL OR NOT active)
);
COMMENT ON TABLE identity.users IS 'People, and stations, which sign in with a secret of their own to deliver what was recorded at them. No superuser flag: rights come from roles alone. Failed attempts and locks stand in sign_in_failures, for known and unknown logins alike; the last sign-in, its time and address in sessions.';
COMMENT ON COLUMN identity.users.login IS 'Unique over all organizations: the sign-in page does not ask for one. Only sign_in sees it, so uniqueness tells no stranger anything.';
COMMENT ON COLUMN identity.users.password_hash IS 'bcrypt, cost 12.';
COMMENT ON COLUMN identity.users.active IS 'False: suspended, or with deleted_at gone for good; the row stays for what it signed.';
COMMENT ON COLUMN identity.users.email_cipher IS 'AES-256-GCM with a key that is not in the database (main/pii).';
COMMENT ON COLUMN identity.users.email_index IS 'HMAC-SHA-256 of the normalised address: finds it without reading it.';
COMMENT ON COLUMN identity.users.phone_cipher IS 'As email_cipher.';
COMMENT ON COLUMN identity.users.locale IS 'BCP 47; NULL: as the desk is set.';
COMMENT ON COLUMN identity.users.time_zone IS 'IANA name; NULL: that of the plant on the screen.';
COMMENT ON COLUMN identity.users.metadata IS 'What other systems want kept; nothing of ours reads it, and no personal data belongs in it.';
CREATE UNIQUE INDEX users_email ON identity.users (organization_id, email_index) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_employee ON identity.users (organization_id, employee_code) WHERE deleted_at IS NULL;

ALTER TABLE org.plants ADD FOREIGN KEY (organization_id, manager_user_id) REFERENCES identity.users;

-- A new address has to be verified anew.
CREATE FUNCTION identity.unverify() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NEW.email_index IS DISTINCT FROM OLD.email_index THEN NEW.email_verified_at := NULL; END IF;
  IF NEW.phone_cipher IS NULL THEN NEW.phone_verified_at := NULL; END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER unverify BEFORE UPDATE OF email_index, phone_cipher ON identity.users
  FOR EACH ROW EXECUTE FUNCTION identity.unverify();

CREATE TABLE identity.roles (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  description text,
  is_system boolean NOT NULL DEFAULT false,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code)
);
COMMENT ON TABLE identity.roles IS 'Named sets of permissions of an organization. A list of permissions in the row would double role_permissions.';
COMMENT ON COLUMN identity.roles.is_system IS 'Came with the product.';

CREATE TABLE identity.permissions (
  permission text PRIMARY KEY CHECK (permission = resource || ':' || action),
  resource text NOT NULL CHECK (resource ~ '^[a-z-]+$'),
  action text NOT NULL CHECK (action ~ '^[a-z-]+$'),
  description text NOT NULL CHECK (description <> ''),
  UNIQUE (resource, action)
);
COMMENT ON TABLE identity.permissions IS 'All permissions that the product asks for: a role can hold no other.';
INSERT INTO identity.permissions (permission, resource, action, description) VALUES
  ('schedule:read', 'schedule', 'read', 'See the lane board'),
  ('schedule:write', 'schedule', 'write', 'Plan: move, link and publish operations'),
  ('production:report', 'production', 'report', 'Start, pause and complete operations, count pieces'),
  ('production:write', 'production', 'write', 'Keep lanes, shifts and calendars'),
  ('quality:record', 'quality', 'record', 'Measure and judge'),
  ('quality:write', 'quality', 'write', 'Keep inspection plans and characteristics, handle non-conformances'),
  ('packing:write', 'packing', 'write', 'Pack, unpack and print labels'),
  ('logistics:write', 'logistics', 'write', 'Plan and send shipments'),
  ('trace:read', 'trace', 'read', 'Follow lots and serials'),
  ('line:read', 'line', 'read', 'See machines and their states'),
  ('line:write', 'line', 'write', 'Record what machines report'),
  ('equipment:write', 'equipment', 'write', 'Keep machines, sensors and alert rules'),
  ('maintenance:write', 'maintenance', 'write', 'Plan and report maintenance'),
  ('material:write', 'material', 'write', 'Keep materials, recipes and suppliers'),
  ('material:issue', 'material', 'issue', 'Book stock in, out and between places'),
  ('project:write', 'project', 'write', 'Keep projects, drawings and tasks'),
  ('order:write', 'order', 'write', 'Keep customer orders and sales channels'),
  ('planning:write', 'planning', 'write', 'Keep forecasts and plans'),
  ('sharing:write', 'sharing', 'write', 'Open data rooms and grant contracts'),
  ('integration:write', 'integration', 'write', 'Keep connectors, webhooks and imports'),
  ('notify:write', 'notify', 'write', 'Keep notification templates and channels'),
  ('assist:use', 'assist', 'use', 'Talk with the assistant'),
  ('report:write', 'report', 'write', 'Keep reports and dashboards'),
  ('admin:read', 'admin', 'read', 'See people, roles and settings'),
  ('admin:write', 'admin', 'write', 'Keep people, roles and settings'),
  ('audit:read', 'audit', 'read', 'Read the audit trail'),
  ('simulators:drive', 'simulators', 'drive', 'Drive the simulated line');

CREATE TABLE identity.role_permissions (
  organization_id uuid NOT NULL,
  role_id uuid NOT NULL,
  permission text NOT NULL REFERENCES identity.permissions CHECK (permission ~ '^[a-z-]+:[a-z-]+$'),
  PRIMARY KEY (organization_id, role_id, permission),
  FOREIGN KEY (organization_id, role_id) REFERENCES identity.roles ON DELETE CASCADE
);
COMMENT ON TABLE identity.role_permissions IS 'What a role permits.';
COMMENT ON COLUMN identity.role_permissions.permission IS 'resource:action.';

CREATE TABLE identity.user_roles (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  user_id uuid NOT NULL,
  role_id uuid NOT NULL,
  plant_id uuid,
  department_id uuid,
  granted_by uuid,
  granted_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, user_id, role_id, plant_id, department_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, role_id) REFERENCES identity.roles,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, granted_by) REFERENCES identity.users,
  CHECK (department_id IS NULL OR plant_id IS NOT NULL),
  CHECK (expires_at > granted_at)
);
COMMENT ON TABLE identity.user_roles IS 'Roles of people, everywhere in the organization or only in one plant or department.';
COMMENT ON COLUMN identity.user_roles.plant_id IS 'NULL: the role holds in all plants that the person has access to.';
COMMENT ON COLUMN identity.user_roles.department_id IS 'NULL: in all departments of the plant.';
COMMENT ON COLUMN identity.user_roles.expires_at IS 'NULL: until it is taken away.';
CREATE INDEX user_roles_role ON identity.user_roles (organization_id, role_id);
CREATE INDEX user_roles_expiry ON identity.user_roles (organization_id, expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE identity.user_plant_access (
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  plant_id uuid NOT NULL,
  may_write boolean NOT NULL DEFAULT false,
  may_delete boolean NOT NULL DEFAULT false,
  PRIMARY KEY (organization_id, user_id, plant_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK (may_write OR NOT may_delete)
);
COMMENT ON TABLE identity.user_plant_access IS 'Plants that a person reaches. The row itself is the right to read.';
CREATE INDEX user_plant_access_plant ON identity.user_plant_access (organization_id, plant_id);

CREATE TABLE identity.user_station_access (
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  plant_id uuid NOT NULL,
  station_code text NOT NULL CHECK (station_code <> ''),
  expires_at timestamptz,
  PRIMARY KEY (organization_id, user_id, station_code),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE identity.user_station_access IS 'Stations whose records a person reaches; a station reaches its own without a row.';
COMMENT ON COLUMN identity.user_station_access.plant_id IS 'Where the station stands.';
COMMENT ON COLUMN identity.user_station_access.expires_at IS 'NULL: until it is taken away.';
CREATE INDEX user_station_access_plant ON identity.user_station_access (organization_id, plant_id);

CREATE TABLE identity.sessions (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  station_code text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  vouched_by uuid,
  ended_by text CHECK (ended_by IN ('signed-out', 'password-changed', 'password-reset', 'organization-closed', 'revoked')),
  last_active_at timestamptz NOT NULL DEFAULT now(),
  client_address inet,
  user_agent text,
  device jsonb CHECK (jsonb_typeof(device) = 'object'),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, vouched_by) REFERENCES identity.users,
  CHECK (expires_at > created_at)
);
COMMENT ON TABLE identity.sessions IS 'Who is and was signed in. One opaque token that is looked up each time needs no refresh token beside it. Kept: a station may deliver what was recorded under a session weeks later.';
COMMENT ON COLUMN identity.sessions.token_hash IS 'SHA-256 of the token; the token itself is nowhere in the database.';
COMMENT ON COLUMN identity.sessions.station_code IS 'Where it was opened: only that station may deliver commands recorded under it.';
COMMENT ON COLUMN identity.sessions.vouched_by IS 'The station that checked the password while the database was away; such a session has that station''s rights at most.';
COMMENT ON COLUMN identity.sessions.last_active_at IS 'To five minutes.';
COMMENT ON COLUMN identity.sessions.client_address IS 'As the database saw it: the desk, the server of the browsers, or a pooler.';
COMMENT ON COLUMN identity.sessions.user_agent IS 'application_name of the connection that signed in.';
CREATE INDEX sessions_user ON identity.sessions (organization_id, user_id, created_at DESC);
CREATE INDEX sessions_expiry ON identity.sessions (expires_at) WHERE ended_at IS NULL;

CREATE FUNCTION identity.end_sessions_of_closed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE identity.sessions s SET ended_at = clock_timestamp(), ended_by = 'organization-closed'
    WHERE s.organization_id = NEW.id AND s.ended_at IS NULL;
  RETURN NULL;
END
$$;
CREATE TRIGGER end_sessions AFTER UPDATE OF status ON org.organizations
  FOR EACH ROW WHEN (NEW.status IN ('suspended', 'deleted')) EXECUTE FUNCTION identity.end_sessions_of_closed();

-- Keys that the database makes for itself and shows to nobody.
CREATE TABLE identity.secrets (
  name text PRIMARY KEY,
  value bytea NOT NULL CHECK (octet_length(value) = 32)
);
COMMENT ON TABLE identity.secrets IS 'login-slots: keys the hash of logins, so that nobody outside can tell which share a slot. contexts: seals what begin has looked up.';
INSERT INTO identity.secrets (name, value) VALUES
  ('login-slots', public.gen_random_bytes(32)), ('contexts', public.gen_random_bytes(32));

CREATE TABLE identity.sign_in_failures (
  slot integer PRIMARY KEY CHECK (slot BETWEEN 0 AND 16777215),
  failed_attempts integer NOT NULL CHECK (failed_attempts > 0),
  last_failed_at timestamptz NOT NULL,
  locked_until timestamptz
);
COMMENT ON TABLE identity.sign_in_failures IS 'Wrong passwords by login, whether or not anybody has that login, so that both are answered and locked alike. No login is kept, only its slot: 24 bits of a keyed hash, which bounds the table without forgetting anybody under a flood.';

CREATE TABLE identity.guess_lanes (
  lane integer PRIMARY KEY CHECK (lane BETWEEN 0 AND 255),
  settled bigint NOT NULL DEFAULT 0,
  abandoned integer NOT NULL DEFAULT 0 CHECK (abandoned >= 0),
  abandoned_at timestamptz,
  locked_until timestamptz
);
COMMENT ON TABLE identity.guess_lanes IS 'Catches guesses whose transaction was rolled back so that they would not count. Each guess takes a number of its lane''s sequence (identity.guesses_N), which no rollback gives back; a gap up to the number that was last committed is guesses abandoned.';
COMMENT ON COLUMN identity.guess_lanes.settled IS 'Number of the last guess that was committed.';
COMMENT ON COLUMN identity.guess_lanes.abandoned IS 'Guesses that were not, within a day of each other.';
INSERT INTO identity.guess_lanes (lane) SELECT generate_series(0, 255);
DO $$
BEGIN
  FOR lane IN 0..255 LOOP
    EXECUTE format('CREATE SEQUENCE identity.guesses_%s', lane);
  END LOOP;
END
$$;

CREATE TABLE identity.outgoing_tokens (
  id uuid PRIMARY KEY DEFAULT app.uuidv7(),
  purpose text NOT NULL CHECK (purpose IN ('password-reset', 'email-verification')),
  login text NOT NULL CHECK (octet_length(login) <= 400),
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (purpose, login)
);
COMMENT ON TABLE identity.outgoing_tokens IS 'Mail that was asked for, as it was asked, for anybody''s login or nobody''s. Holds no token: pass_on_outgoing makes a job of it where somebody has that login, take_outgoing the token when the mail is sent.';
CREATE INDEX outgoing_tokens_requested ON identity.outgoing_tokens (requested_at);

CREATE TABLE identity.mail_senders (
  station_code text PRIMARY KEY CHECK (station_code <> ''),
  seen_at timestamptz NOT NULL
);
COMMENT ON TABLE identity.mail_senders IS 'Desks and servers that have a mail server and work on the jobs, as they say of themselves: of the database, so for all organizations.';
COMMENT ON COLUMN identity.mail_senders.seen_at IS 'When it last said so; each minute while it runs.';

CREATE TABLE identity.password_reset_tokens (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  revoked_at timestamptz,
  job_id uuid NOT NULL,
  mail text NOT NULL DEFAULT 'unknown' CHECK (mail IN ('unknown', 'accepted', 'refused')),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  CHECK (expires_at > created_at),
  CHECK (used_at >= created_at),
  CHECK (used_at IS NULL OR revoked_at IS NULL)
);
COMMENT ON TABLE identity.password_reset_tokens IS 'Good once, for half an hour, and until the next one is asked for.';
COMMENT ON COLUMN identity.password_reset_tokens.token_hash IS 'SHA-256; unique over all organizations because whoever presents a token has not signed in.';
COMMENT ON COLUMN identity.password_reset_tokens.job_id IS 'The job that sent it, or tried to.';
COMMENT ON COLUMN identity.password_reset_tokens.mail IS 'accepted: the mail server took it. refused: it did not, so nobody has the token. unknown: the answer was lost, or is still awaited.';
CREATE INDEX password_reset_tokens_user ON identity.password_reset_tokens (organization_id, user_id, created_at DESC);

CREATE TABLE identity.email_verification_tokens (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  email_index bytea NOT NULL CHECK (octet_length(email_index) = 32),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  verified_at timestamptz,
  job_id uuid NOT NULL,
  mail text NOT NULL DEFAULT 'unknown' CHECK (mail IN ('unknown', 'accepted', 'refused')),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  CHECK (expires_at > created_at),
  CHECK (verified_at >= created_at)
);
COMMENT ON TABLE identity.email_verification_tokens IS 'Show that a person reads the mail of an address; good for a day.';
COMMENT ON COLUMN identity.email_verification_tokens.email_index IS 'Blind index of the address that the mail went to: another one since then is not verified by it.';
COMMENT ON COLUMN identity.email_verification_tokens.job_id IS 'As in password_reset_tokens.';
COMMENT ON COLUMN identity.email_verification_tokens.mail IS 'As in password_reset_tokens.';
CREATE INDEX email_verification_tokens_user ON identity.email_verification_tokens (organization_id, user_id);

CREATE TABLE identity.signatures (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  user_id uuid NOT NULL,
  login text NOT NULL,
  display_name text NOT NULL,
  meaning text NOT NULL CHECK (meaning IN ('authored', 'reviewed', 'approved', 'rejected', 'released', 'closed', 'verified',
    'performed', 'witnessed', 'published', 'reprinted', 'voided')),
  subject text NOT NULL CHECK (subject ~ '^[a-z][a-z_]*\.[a-z_]+/.+$' AND octet_length(subject) <= 300),
  reason text CHECK (reason <> ''),
  content_hash bytea CHECK (octet_length(content_hash) = 32),
  signed_at timestamptz NOT NULL,
  session_id uuid NOT NULL,
  station_code text NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users
);
COMMENT ON TABLE identity.signatures IS 'Electronic signatures, 21 CFR Part 11: printed name, date and time, meaning (11.50), bound to the record signed (11.70), password given again (11.200). Only sign writes, nobody rewrites.';
COMMENT ON COLUMN identity.signatures.login IS 'As login and name were when it was signed.';
COMMENT ON COLUMN identity.signatures.subject IS 'The record signed: table/id, for example quality.ncrs/0192…';
COMMENT ON COLUMN identity.signatures.content_hash IS 'SHA-256 of what was on the screen, so that the signature cannot be put under another content; NULL: the record as such.';
CREATE INDEX signatures_subject ON identity.signatures (organization_id, subject, signed_at);
CREATE INDEX signatures_user ON identity.signatures (organization_id, user_id, signed_at);

CREATE FUNCTION identity.refuse_rewriting() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'signatures are not rewritten' USING ERRCODE = '42501';
END
$$;
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON identity.signatures
  FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_rewriting();

-- The context of a transaction is proved, not claimed: what stands in the setting is the secret token itself, which is
-- looked up by its hash. A client that sets the setting by hand has presented a token, no more.
CREATE TYPE identity.context AS (
  session_id uuid, organization_id uuid, user_id uuid, station_code text, vouched_by uuid
);

-- Each query asks for it several times, and looking it up costs as much as finding a row. So begin leaves what it has found
-- in settings of the transaction, each with a seal that only the owner's functions can make: a hash over the content, the
-- start of the transaction and a secret key, good for a minute. A setting whose seal is missing, made up, of another
-- transaction or too old says nothing; then it is looked up again.

-- Called immutable so that it is read once a process, when a plan is made, and not with each seal.
CREATE FUNCTION identity.sealing_key() RETURNS bytea
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT s.value FROM identity.secrets s WHERE s.name = 'contexts' $$;

-- The key comes last, so that who has one seal cannot go on from it. Plans are not printed where it stands in one, or who
-- sets client_min_messages would read it there.
CREATE FUNCTION identity.seal(setting text, content text) RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET debug_print_plan = off
AS $$
BEGIN
  PERFORM set_config(setting, content, true), set_config(setting || '_seal',
    encode(sha256(textsend(setting || content) || timestamptz_send(now()) || identity.sealing_key()), 'hex'), true);
END
$$;

-- What a setting says if it has a good seal, or NULL. One expression, since every query waits for it.
CREATE FUNCTION identity.sealed(setting text) RETURNS text
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET debug_print_plan = off
AS $$
BEGIN
  RETURN CASE WHEN current_setting(setting || '_seal', true)
      = encode(sha256(textsend(setting || current_setting(setting, true)) || timestamptz_send(now()) || identity.sealing_key()), 'hex')
      AND clock_timestamp() < now() + interval '1 minute'
    THEN current_setting(setting, true) END;
END
$$;

CREATE FUNCTION identity.look_up_context() RETURNS identity.context
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  token text := nullif(current_setting('lanewright.token', true), '');
  actor uuid := nullif(current_setting('lanewright.actor', true), '')::uuid;
  captured timestamptz;
  own identity.context;
  acting identity.context;
BEGIN
  IF token IS NULL THEN RETURN NULL; END IF;
  SELECT s.id, s.organization_id, s.user_id, s.station_code, s.vouched_by INTO own
    FROM identity.sessions s JOIN identity.users u ON u.organization_id = s.organization_id AND u.id = s.user_id
    WHERE s.token_hash = public.digest(token, 'sha256') AND s.ended_at IS NULL AND s.expires_at > now() AND u.active;
  IF own.session_id IS NULL OR actor IS NULL THEN RETURN own; END IF;
  -- A station delivers what a person recorded at it, while that person's session there was good.
  captured := nullif(current_setting('lanewright.captured_at', true), '')::timestamptz;
  SELECT s.id, s.organization_id, s.user_id, s.station_code, s.vouched_by INTO acting
    FROM identity.sessions s
    JOIN identity.users station ON station.organization_id = own.organization_id AND station.id = own.user_id
      AND station.kind = 'station'
    WHERE s.id = actor AND s.organization_id = own.organization_id AND s.station_code = own.station_code
      AND captured >= s.created_at - interval '5 minutes'
      AND captured <= least(s.expires_at, coalesce(s.ended_at, 'infinity')) + interval '5 minutes';
  IF acting.session_id IS NULL THEN RETURN NULL; END IF;
  RETURN acting;
END
$$;

-- Sealed are the organization in 36 characters; in 38 once more, as an array, where nobody shares anything with it; and the
-- context. Functions whose body is an expression become part of the query that asks; whatever they call is bound already,
-- and the plans of what is plpgsql are kept over queries.
CREATE FUNCTION identity.current_context() RETURNS identity.context
  LANGUAGE sql STABLE PARALLEL RESTRICTED
  RETURN coalesce(substr(identity.sealed('lanewright.context'), 75)::identity.context, identity.look_up_context());

CREATE FUNCTION identity.current_organization() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL RESTRICTED
  RETURN coalesce(left(identity.sealed('lanewright.context'), 36)::uuid, (identity.look_up_context()).organization_id);

CREATE FUNCTION identity.current_user_id() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL RESTRICTED RETURN (identity.current_context()).user_id;

CREATE FUNCTION identity.current_station() RETURNS text
  LANGUAGE sql STABLE PARALLEL RESTRICTED RETURN (identity.current_context()).station_code;

ALTER TABLE identity.user_roles ALTER COLUMN granted_by SET DEFAULT identity.current_user_id();

CREATE FUNCTION identity.look_up_plants(mode text) RETURNS uuid[]
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
  SELECT coalesce(array_agg(a.plant_id), '{}')
    FROM identity.current_context() c
    JOIN identity.user_plant_access a ON a.organization_id = c.organization_id AND a.user_id = c.user_id
    WHERE CASE mode WHEN 'read' THEN true WHEN 'write' THEN a.may_write WHEN 'delete' THEN a.may_delete ELSE false END
      AND (c.vouched_by IS NULL OR EXISTS (
        SELECT FROM identity.user_plant_access v
        WHERE v.organization_id = c.organization_id AND v.user_id = c.vouched_by AND v.plant_id = a.plant_id
          AND CASE mode WHEN 'read' THEN true WHEN 'write' THEN v.may_write WHEN 'delete' THEN v.may_delete END)));
END
$$;

-- Plants that the signed-in user may read, write, or delete in. An array, so that a policy is one leakproof `= ANY`. Sealed
-- with | before it where nobody shares anything with the organization.
CREATE FUNCTION identity.plants(mode text) RETURNS uuid[]
  LANGUAGE sql STABLE PARALLEL RESTRICTED
  RETURN coalesce(CASE mode WHEN 'read' THEN ltrim(identity.sealed('lanewright.plants'), '|')::uuid[] END, identity.look_up_plants(mode));

-- Whoever changes who reaches which plant sees it at once, in the same transaction too.
CREATE FUNCTION identity.forget_plants() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('lanewright.plants', '', true);
  RETURN NULL;
END
$$;
CREATE TRIGGER forget_plants AFTER INSERT OR UPDATE OR DELETE ON identity.user_plant_access
  FOR EACH STATEMENT EXECUTE FUNCTION identity.forget_plants();

-- What a context may do and where: what the person may, and in a vouched session only what the station may besides.
CREATE FUNCTION identity.grants(c identity.context) RETURNS TABLE (permission text, plant_id uuid, department_id uuid)
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT rp.permission, ur.plant_id, ur.department_id
  FROM identity.user_roles ur
  JOIN identity.role_permissions rp ON rp.organization_id = ur.organization_id AND rp.role_id = ur.role_id
  WHERE ur.organization_id = c.organization_id AND ur.user_id = c.user_id AND (ur.expires_at IS NULL OR ur.expires_at > now())
    AND (c.vouched_by IS NULL OR EXISTS (
      SELECT FROM identity.user_roles vr
      JOIN identity.role_permissions vp ON vp.organization_id = vr.organization_id AND vp.role_id = vr.role_id
      WHERE vr.organization_id = c.organization_id AND vr.user_id = c.vouched_by AND vp.permission = rp.permission
        AND (vr.expires_at IS NULL OR vr.expires_at > now())
        AND (vr.plant_id IS NULL OR vr.plant_id = ur.plant_id) AND vr.department_id IS NULL));
END
$$;

-- Held in the whole organization; a role that is bound to a plant does not count here.
CREATE FUNCTION identity.can(wanted text) RETURNS boolean
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
  SELECT EXISTS (
      SELECT FROM identity.current_context() c, identity.grants(c) g WHERE g.permission = wanted AND g.plant_id IS NULL));
END
$$;

-- Held in this plant (and department), there or everywhere; says nothing of access to the plant, which is plants(mode).
CREATE FUNCTION identity.can(wanted text, at_plant uuid, in_department uuid DEFAULT NULL) RETURNS boolean
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
  SELECT EXISTS (
      SELECT FROM identity.current_context() c, identity.grants(c) g
      WHERE g.permission = wanted AND (g.plant_id IS NULL OR g.plant_id = at_plant)
        AND (g.department_id IS NULL OR g.department_id = in_department)));
END
$$;

-- Plants that the user may read, write or delete in and holds one of these permissions for: access and right in one array.
CREATE FUNCTION identity.plants(mode text, holding text[]) RETURNS uuid[]
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
  SELECT coalesce(array_agg(DISTINCT p.plant_id), '{}')
    FROM unnest(identity.plants(mode)) AS p(plant_id), identity.current_context() c, identity.grants(c) g
    WHERE g.permission = ANY (holding) AND (g.plant_id IS NULL OR g.plant_id = p.plant_id) AND g.department_id IS NULL);
END
$$;

-- Codes of the stations whose records the user reaches: those given, and a station its own.
CREATE FUNCTION identity.stations() RETURNS text[]
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
  SELECT coalesce(array_agg(found.station_code), '{}')
    FROM identity.current_context() c, LATERAL (
      SELECT a.station_code FROM identity.user_station_access a
        WHERE a.organization_id = c.organization_id AND a.user_id = c.user_id AND (a.expires_at IS NULL OR a.expires_at > now())
      UNION
      SELECT u.station_code FROM identity.users u
        WHERE u.organization_id = c.organization_id AND u.id = c.user_id AND u.kind = 'station') AS found
    WHERE c.vouched_by IS NULL OR found.station_code = c.station_code);
END
$$;

-- A session shows that it lives, every five minutes at most, and only where that disturbs nothing.
CREATE FUNCTION identity.mark_active() RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  quiet uuid;
BEGIN
  SELECT s.id INTO quiet FROM identity.sessions s
    WHERE s.token_hash = public.digest(current_setting('lanewright.token', true), 'sha256')
      AND s.last_active_at < now() - interval '5 minutes' AND s.ended_at IS NULL AND s.expires_at > now();
  IF quiet IS NULL OR current_setting('transaction_read_only') = 'on'
      OR current_setting('transaction_isolation') <> 'read committed' THEN RETURN; END IF;
  UPDATE identity.sessions SET last_active_at = now()
    WHERE id = (SELECT s.id FROM identity.sessions s WHERE s.id = quiet FOR NO KEY UPDATE SKIP LOCKED);
END
$$;

-- The door of every transaction. Raises 28000 where the token is not (or no longer) good.
CREATE FUNCTION identity.begin(token text, actor uuid DEFAULT NULL, captured_at timestamptz DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found identity.context;
  alone boolean;
BEGIN
  PERFORM set_config('lanewright.token', coalesce(token, ''), true);
  PERFORM set_config('lanewright.actor', coalesce(actor::text, ''), true);
  PERFORM set_config('lanewright.captured_at', coalesce(captured_at::text, ''), true);
  found := identity.look_up_context();
  IF found.session_id IS NULL THEN
    RAISE EXCEPTION 'no such session' USING ERRCODE = '28000';
  END IF;
  alone := NOT EXISTS (SELECT FROM sharing.contracts c WHERE c.participant_organization_id = found.organization_id
    AND c.status = 'active');
  PERFORM identity.seal('lanewright.context', found.organization_id
    || CASE WHEN alone THEN '{' || found.organization_id || '}' ELSE repeat(' ', 38) END || found::text);
  PERFORM identity.seal('lanewright.plants',
    CASE WHEN alone THEN '|' ELSE '' END || identity.look_up_plants('read')::text);
  PERFORM identity.mark_active();
END
$$;

-- The person who stands at the keyboard: for what nobody, no station either, may do on another's behalf.
CREATE FUNCTION identity.own_context() RETURNS identity.context
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  -- Looked up with the setting that is asked next: what begin sealed may be of an actor that the client took away since.
  own identity.context := identity.look_up_context();
BEGIN
  IF own.session_id IS NULL OR nullif(current_setting('lanewright.actor', true), '') IS NOT NULL THEN
    RAISE EXCEPTION 'no session of one''s own' USING ERRCODE = '28000';
  END IF;
  RETURN own;
END
$$;

CREATE FUNCTION identity.slot_of(login text) RETURNS integer
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT ('x' || encode(substring(public.hmac(convert_to(lower(trim(login)), 'UTF8'), s.value, 'sha256') FROM 1 FOR 3), 'hex'))
    ::bit(24)::integer
  FROM identity.secrets s WHERE s.name = 'login-slots'
$$;

-- Five wrong passwords lock for a minute, and twice as long for each one after that, up to a day.
CREATE FUNCTION identity.lock_end(failed integer, at timestamptz) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN failed >= 5 THEN at + least(interval '1 day', interval '1 minute' * 2 ^ least(failed - 5, 12)) END $$;

-- One guess, counted. The counter stands in a row, so a restart forgets nothing; guesses at one login wait for each other,
-- so fifty at once are five; an unknown login costs the same bcrypt and leaves the same row. While a login is locked
-- nothing is compared, which is quick, and as quick for a login that nobody has.
-- Outcome: right, wrong or locked. Nobody may call it but the doors below.
CREATE FUNCTION identity.check_password(wanted_login text, password text)
  RETURNS TABLE (outcome text, retry_at timestamptz, organization_id uuid, user_id uuid)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  stand_in constant text := '$2a$12$C6UzMDM.H6dfI/f/IKcEe.4Q1pX0R0H4Yv8xkV0Z7T4L6nC2jW1bK';
  asked constant text := lower(trim(coalesce(wanted_login, '')));
  asked_slot constant integer := identity.slot_of(asked);
  asked_lane constant integer := asked_slot % 256;
  numbers constant regclass := format('identity.guesses_%s', asked_lane)::regclass;
  number bigint;
  lane identity.guess_lanes;
  lost bigint;
  locked timestamptz;
  -- Not now(): a transaction that was begun long ago would lock until a time that is past already.
  instant timestamptz;
  found identity.users;
BEGIN
  -- An older snapshot would show the count as it was, again and again.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'passwords are checked in read committed transactions only' USING ERRCODE = '25001';
  END IF;
  -- Who guesses in this lane waits here until the one before has ended, one way or the other.
  SELECT * INTO lane FROM identity.guess_lanes l WHERE l.lane = asked_lane FOR NO KEY UPDATE;
  instant := clock_timestamp();

  -- setval survives a rollback, and unlike nextval skips nothing after a crash.
  number := coalesce(pg_sequence_last_value(numbers), 0) + 1;
  PERFORM setval(numbers, number);
  lost := greatest(number - 1 - lane.settled, 0);
  IF lost > 0 THEN
    lane.abandoned := least(lost + CASE WHEN lane.abandoned_at > instant - interval '1 day' THEN lane.abandoned ELSE 0 END, 1000);
    lane.abandoned_at := instant;
    lane.locked_until := identity.lock_end(lane.abandoned, instant);
  END IF;
  UPDATE identity.guess_lanes l SET settled = number, abandoned = lane.abandoned, abandoned_at = lane.abandoned_at,
    locked_until = lane.locked_until WHERE l.lane = asked_lane;

  SELECT greatest(max(f.locked_until), lane.locked_until) INTO locked FROM identity.sign_in_failures f WHERE f.slot = asked_slot;
  IF locked > instant THEN
    RETURN QUERY SELECT 'locked', locked, NULL::uuid, NULL::uuid; RETURN;
  END IF;

  SELECT * INTO found FROM identity.users u WHERE u.login = asked;
  IF coalesce(public.crypt(coalesce(password, ''), CASE WHEN found.password_hash ~ '^\$2[abxy]\$[0-9]{2}\$.{53}$' THEN found.password_hash
        ELSE stand_in END) = found.password_hash, false)
      AND found.active
      AND EXISTS (SELECT FROM org.organizations o WHERE o.id = found.organization_id AND o.status IN ('active', 'trial')) THEN
    DELETE FROM identity.sign_in_failures f WHERE f.slot = asked_slot;
    RETURN QUERY SELECT 'right', NULL::timestamptz, found.organization_id, found.id; RETURN;
  END IF;
  -- A week without a failure is a clean sheet.
  INSERT INTO identity.sign_in_failures AS f (slot, failed_attempts, last_failed_at) VALUES (asked_slot, 1, instant)
    ON CONFLICT (slot) DO UPDATE SET last_failed_at = instant,
      failed_attempts = CASE WHEN f.last_failed_at < instant - interval '7 days' THEN 1 ELSE f.failed_attempts + 1 END,
      locked_until = CASE WHEN f.last_failed_at < instant - interval '7 days' THEN NULL
        ELSE identity.lock_end(f.failed_attempts + 1, instant) END
    RETURNING f.locked_until INTO locked;
  RETURN QUERY SELECT 'wrong', locked, NULL::uuid, NULL::uuid;
END
$$;

CREATE FUNCTION identity.sign_in(wanted_login text, password text, station text)
  RETURNS TABLE (outcome text, token text, session_id uuid, retry_at timestamptz)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  guess record;
  found identity.users;
  fresh text;
BEGIN
  SELECT * INTO guess FROM identity.check_password(wanted_login, password);
  IF guess.outcome <> 'right' THEN
    RETURN QUERY SELECT guess.outcome, NULL::text, NULL::uuid, guess.retry_at; RETURN;
  END IF;
  SELECT * INTO found FROM identity.users u WHERE u.organization_id = guess.organization_id AND u.id = guess.user_id;
  fresh := encode(public.gen_random_bytes(32), 'hex');
  RETURN QUERY INSERT INTO identity.sessions (id, organization_id, user_id, token_hash, station_code, expires_at, client_address, user_agent)
    VALUES (app.uuidv7(), found.organization_id, found.id, public.digest(fresh, 'sha256'),
            CASE found.kind WHEN 'station' THEN found.station_code ELSE station END,
            now() + CASE found.kind WHEN 'station' THEN interval '30 days' ELSE interval '12 hours' END,
            inet_client_addr(), nullif(current_setting('application_name'), ''))
    RETURNING 'signed-in'::text, fresh, id, NULL::timestamptz;
END
$$;

CREATE FUNCTION identity.sign_out() RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE identity.sessions SET ended_at = clock_timestamp(), ended_by = 'signed-out'
    WHERE id = (identity.current_context()).session_id;
  SELECT set_config('lanewright.context', '', true), set_config('lanewright.plants', '', true);
$$;

-- A station that is back tells of a session that it opened while the database was away, once it had checked the password
-- against its own verifier. Only its own account may, and the session gets no right that the station has not.
-- Told again, it says the same. False: nobody by that id works here any more, or the times cannot be true.
CREATE FUNCTION identity.vouch(wanted_session uuid, person uuid, session_token_hash bytea, opened_at timestamptz, wanted_expiry timestamptz)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  station identity.context := identity.current_context();
BEGIN
  IF NOT EXISTS (SELECT FROM identity.users u
      WHERE u.organization_id = station.organization_id AND u.id = station.user_id AND u.kind = 'station') THEN
    RAISE EXCEPTION 'only a station may vouch for a session' USING ERRCODE = '42501';
  END IF;
  INSERT INTO identity.sessions (id, organization_id, user_id, token_hash, station_code, created_at, expires_at, vouched_by)
    SELECT wanted_session, u.organization_id, u.id, session_token_hash, station.station_code, opened_at, wanted_expiry, station.user_id
    FROM identity.users u
    WHERE u.organization_id = station.organization_id AND u.id = person AND u.active
      AND octet_length(session_token_hash) = 32
      -- Stations work offline for weeks, and their clocks may be wrong by a day.
      AND opened_at BETWEEN now() - interval '60 days' AND now() + interval '1 day'
      AND wanted_expiry > opened_at AND wanted_expiry <= opened_at + interval '12 hours'
    ON CONFLICT DO NOTHING;
  RETURN EXISTS (SELECT FROM identity.sessions s
    WHERE s.id = wanted_session AND s.user_id = person AND s.token_hash = session_token_hash AND s.vouched_by = station.user_id);
END
$$;

-- Who is signed in, in one row for the application. Permissions are those held anywhere; the policies ask where.
CREATE FUNCTION identity.whoami()
  RETURNS TABLE (session_id uuid, user_id uuid, login text, display_name text, kind text, organization_id uuid,
                 organization_name text, gs1_company_prefix text, home_plant_id uuid, expires_at timestamptz,
                 roles text[], permissions text[], plants jsonb, vouched boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT s.id, u.id, u.login, u.display_name, u.kind, o.id, o.name, o.gs1_company_prefix, u.home_plant_id, s.expires_at,
    coalesce((SELECT array_agg(DISTINCT r.code ORDER BY r.code) FROM identity.user_roles ur
       JOIN identity.roles r ON r.organization_id = ur.organization_id AND r.id = ur.role_id
       WHERE ur.organization_id = u.organization_id AND ur.user_id = u.id AND (ur.expires_at IS NULL OR ur.expires_at > now())), '{}'),
    coalesce((SELECT array_agg(DISTINCT g.permission ORDER BY g.permission) FROM identity.grants(c) g), '{}'),
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', p.id, 'code', p.code, 'name', p.name, 'timeZone', p.time_zone,
         'mayWrite', p.id = ANY ((SELECT identity.plants('write'))::uuid[])) ORDER BY p.code)
       FROM org.plants p WHERE p.organization_id = u.organization_id AND p.id = ANY ((SELECT identity.plants('read'))::uuid[])), '[]'),
    c.vouched_by IS NOT NULL
  FROM identity.current_context() c
  JOIN identity.sessions s ON s.id = c.session_id
  JOIN identity.users u ON u.organization_id = c.organization_id AND u.id = c.user_id
  JOIN org.organizations o ON o.id = c.organization_id
$$;

-- bcrypt reads 72 bytes; NIST SP 800-63B asks for length, not for kinds of characters.
CREATE FUNCTION identity.fit_password(password text, login text) RETURNS boolean
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(char_length(password) >= 12 AND octet_length(password) <= 72
    AND (login = '' OR position(lower(login) IN lower(password)) = 0)
    AND (SELECT count(DISTINCT letter) >= 5 FROM regexp_split_to_table(password, '') AS letter), false)
$$;

CREATE FUNCTION identity.set_password(person identity.users, password text, keep_session uuid, why text) RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE identity.users u SET password_hash = public.crypt(password, public.gen_salt('bf', 12)), password_changed_at = clock_timestamp()
    WHERE u.organization_id = person.organization_id AND u.id = person.id;
  UPDATE identity.sessions s SET ended_at = clock_timestamp(), ended_by = why
    WHERE s.organization_id = person.organization_id AND s.user_id = person.id AND s.ended_at IS NULL
      AND s.id IS DISTINCT FROM keep_session;
  UPDATE identity.password_reset_tokens t SET revoked_at = clock_timestamp()
    WHERE t.organization_id = person.organization_id AND t.user_id = person.id AND t.used_at IS NULL AND t.revoked_at IS NULL
$$;

-- Ends all other sessions of the person. Outcome: changed, wrong or locked (counted as at signing in), unfit.
CREATE FUNCTION identity.change_password(old_password text, new_password text) RETURNS TABLE (outcome text, retry_at timestamptz)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own constant identity.context := identity.own_context();
  person identity.users;
  guess record;
BEGIN
  SELECT * INTO person FROM identity.users u WHERE u.organization_id = own.organization_id AND u.id = own.user_id;
  SELECT * INTO guess FROM identity.check_password(person.login, old_password);
  IF guess.outcome <> 'right' THEN
    RETURN QUERY SELECT guess.outcome, guess.retry_at;
  ELSIF new_password = old_password OR NOT identity.fit_password(new_password, person.login) THEN
    RETURN QUERY SELECT 'unfit', NULL::timestamptz;
  ELSE
    PERFORM identity.set_password(person, new_password, own.session_id, 'password-changed');
    RETURN QUERY SELECT 'changed', NULL::timestamptz;
  END IF;
END
$$;

-- Whoever works on the jobs says whether it has a mail server, at its start and each minute.
CREATE FUNCTION identity.announce_mail(station text, sends boolean) RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM identity.mail_senders m WHERE m.station_code = station AND NOT sends;
  INSERT INTO identity.mail_senders AS m (station_code, seen_at) SELECT station, clock_timestamp() WHERE sends
    ON CONFLICT (station_code) DO UPDATE SET seen_at = excluded.seen_at;
$$;

-- Whether mail goes out. ready: its sender was heard of within ten minutes. away: it was, once. none: nobody ever set it up.
CREATE FUNCTION identity.mail_state() RETURNS TABLE (state text, station_code text, seen_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN m.seen_at IS NULL THEN 'none' WHEN m.seen_at > clock_timestamp() - interval '10 minutes' THEN 'ready' ELSE 'away' END,
    m.station_code, m.seen_at
  FROM (SELECT) AS always LEFT JOIN identity.mail_senders m ON true ORDER BY m.seen_at DESC NULLS LAST LIMIT 1
$$;

-- Where nothing sends mail nothing waits for it. Otherwise its job is given to the queue, where one of them waits at most.
CREATE FUNCTION identity.ask_for_mail(wanted_purpose text, wanted_login text) RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF (SELECT m.state FROM identity.mail_state() m) <> 'ready' THEN RETURN; END IF;
  INSERT INTO identity.outgoing_tokens (purpose, login)
    SELECT wanted_purpose, wanted_login
    WHERE wanted_login <> '' AND (SELECT count(*) FROM (SELECT FROM identity.outgoing_tokens LIMIT 10000) AS waiting) < 10000
    ON CONFLICT (purpose, login) DO NOTHING;
  PERFORM app.put_into_queue('email', NULL, '{"kind": "pass-on-mail"}', 'pass-on-mail', now(), NULL);
END
$$;

-- Looks nobody up, so it takes the same time and says the same (nothing) for whoever is asked for: pass_on_outgoing does.
-- No more than 10,000 requests wait; the ones beyond are dropped, whoever they are for.
CREATE FUNCTION identity.request_reset(wanted_login text) RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT identity.ask_for_mail('password-reset', lower(trim(left(wanted_login, 100))))
$$;

-- False: the person has no address, or it is verified already.
CREATE FUNCTION identity.request_email_verification() RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own constant identity.context := identity.own_context();
  asked text;
BEGIN
  SELECT u.login INTO asked FROM identity.users u
    WHERE u.organization_id = own.organization_id AND u.id = own.user_id
      AND u.email_cipher IS NOT NULL AND u.email_verified_at IS NULL;
  IF asked IS NULL THEN RETURN false; END IF;
  PERFORM identity.ask_for_mail('email-verification', asked);
  RETURN true;
END
$$;

-- Makes a job of each request, in the name and the organization of whoever has the login, and returns how many requests
-- it looked at. Requests for nobody, for stations, and for people without an address are dropped, as are those of yesterday.
CREATE FUNCTION identity.pass_on_outgoing(at_most integer) RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  request identity.outgoing_tokens;
  person identity.users;
  looked_at integer := 0;
BEGIN
  FOR request IN SELECT * FROM identity.outgoing_tokens o ORDER BY o.requested_at LIMIT at_most FOR UPDATE SKIP LOCKED LOOP
    looked_at := looked_at + 1;
    SELECT * INTO person FROM identity.users u
      WHERE u.login = request.login AND u.kind = 'person' AND u.active AND u.email_cipher IS NOT NULL;
    IF person.id IS NOT NULL AND request.requested_at > clock_timestamp() - interval '1 day' THEN
      PERFORM app.put_into_queue('email', person.organization_id,
        jsonb_build_object('kind', request.purpose, 'payload', '{}'::jsonb, 'person', person.id, 'plant', NULL, 'correlation', NULL),
        person.organization_id || '/' || request.purpose || '/' || person.id, now(), NULL);
    END IF;
    DELETE FROM identity.outgoing_tokens o WHERE o.id = request.id;
  END LOOP;
  RETURN looked_at;
END
$$;

-- For a job that is about to send a mail: a fresh token, which stands nowhere else. Outcome: taken; unneeded (nobody there
-- whom to write to, verified already, or this job's mail went out); enough (three an hour and person); unknown, where this
-- job made one before whose mail may have gone out: it does not send another. A token is twenty letters and digits that nobody mistakes for others
-- (Crockford's base 32), a hundred bits.
CREATE FUNCTION identity.take_outgoing(job uuid, wanted_purpose text, organization uuid, person uuid)
  RETURNS TABLE (outcome text, id uuid, token text, expires_at timestamptz, login text, display_name text, email_cipher bytea)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  found identity.users;
  before text;
  recent integer;
  random bytea;
  fresh text;
  until timestamptz;
  made uuid;
BEGIN
  SELECT * INTO found FROM identity.users u
    WHERE u.organization_id = organization AND u.id = person AND u.kind = 'person' AND u.active AND u.email_cipher IS NOT NULL
      AND (wanted_purpose = 'password-reset' OR u.email_verified_at IS NULL)
    FOR NO KEY UPDATE;
  IF found.id IS NULL THEN
    outcome := 'unneeded'; RETURN NEXT; RETURN;
  END IF;
  -- accepted comes before unknown.
  SELECT min(t.mail) FILTER (WHERE t.job_id = job), count(*) INTO before, recent FROM (
    SELECT t.job_id, t.created_at, t.mail FROM identity.password_reset_tokens t
      WHERE wanted_purpose = 'password-reset' AND t.organization_id = organization AND t.user_id = person AND t.mail <> 'refused'
    UNION ALL
    SELECT t.job_id, t.created_at, t.mail FROM identity.email_verification_tokens t
      WHERE wanted_purpose = 'email-verification' AND t.organization_id = organization AND t.user_id = person AND t.mail <> 'refused'
  ) AS t WHERE t.created_at > clock_timestamp() - interval '1 hour' OR t.job_id = job;
  IF before IS NOT NULL OR recent >= 3 THEN
    outcome := CASE before WHEN 'accepted' THEN 'unneeded' WHEN 'unknown' THEN 'unknown' ELSE 'enough' END;
    RETURN NEXT; RETURN;
  END IF;
  random := public.gen_random_bytes(20);
  SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (get_byte(random, n) & 31) + 1, 1), '' ORDER BY n) INTO fresh
    FROM generate_series(0, 19) AS n;
  IF wanted_purpose = 'password-reset' THEN
    until := clock_timestamp() + interval '30 minutes';
    UPDATE identity.password_reset_tokens t SET revoked_at = clock_timestamp()
      WHERE t.organization_id = organization AND t.user_id = person AND t.used_at IS NULL AND t.revoked_at IS NULL;
    INSERT INTO identity.password_reset_tokens AS t (organization_id, user_id, token_hash, expires_at, job_id)
      VALUES (organization, person, public.digest(fresh, 'sha256'), until, job) RETURNING t.id INTO made;
  ELSE
    until := clock_timestamp() + interval '1 day';
    INSERT INTO identity.email_verification_tokens AS t (organization_id, user_id, token_hash, email_index, expires_at, job_id)
      VALUES (organization, person, public.digest(fresh, 'sha256'), found.email_index, until, job) RETURNING t.id INTO made;
  END IF;
  RETURN QUERY SELECT 'taken', made, fresh, until, found.login, found.display_name, found.email_cipher;
END
$$;

-- The mail server took it, or it did not: then the token is void, nobody has it.
CREATE FUNCTION identity.settle_outgoing(settled uuid, organization uuid, accepted boolean) RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE identity.password_reset_tokens t SET mail = CASE WHEN accepted THEN 'accepted' ELSE 'refused' END
    WHERE t.organization_id = organization AND t.id = settled;
  UPDATE identity.email_verification_tokens t SET mail = CASE WHEN accepted THEN 'accepted' ELSE 'refused' END
    WHERE t.organization_id = organization AND t.id = settled;
$$;

-- Outcome: changed (all sessions end, the lock is lifted), refused (no such token, or no longer), unfit.
CREATE FUNCTION identity.reset_password(token text, new_password text) RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  presented identity.password_reset_tokens;
  person identity.users;
BEGIN
  IF NOT identity.fit_password(new_password, '') THEN RETURN 'unfit'; END IF;
  SELECT * INTO presented FROM identity.password_reset_tokens t
    WHERE t.token_hash = public.digest(token, 'sha256') AND t.used_at IS NULL AND t.revoked_at IS NULL
      AND t.mail <> 'refused' AND t.expires_at > clock_timestamp()
    FOR UPDATE;
  SELECT * INTO person FROM identity.users u
    WHERE u.organization_id = presented.organization_id AND u.id = presented.user_id AND u.active;
  IF person.id IS NULL THEN RETURN 'refused'; END IF;
  IF NOT identity.fit_password(new_password, person.login) THEN RETURN 'unfit'; END IF;
  UPDATE identity.password_reset_tokens t SET used_at = clock_timestamp()
    WHERE t.organization_id = presented.organization_id AND t.id = presented.id;
  PERFORM identity.set_password(person, new_password, NULL, 'password-reset');
  DELETE FROM identity.sign_in_failures f WHERE f.slot = identity.slot_of(person.login);
  RETURN 'changed';
END
$$;

CREATE FUNCTION identity.verify_email(token text) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  presented identity.email_verification_tokens;
BEGIN
  UPDATE identity.email_verification_tokens t SET verified_at = clock_timestamp()
    WHERE t.token_hash = public.digest(token, 'sha256') AND t.verified_at IS NULL AND t.mail <> 'refused'
      AND t.expires_at > clock_timestamp()
    RETURNING * INTO presented;
  UPDATE identity.users u SET email_verified_at = clock_timestamp()
    WHERE u.organization_id = presented.organization_id AND u.id = presented.user_id AND u.email_index = presented.email_index;
  RETURN FOUND;
END
$$;

-- Signs in the transaction that does what is signed: both or neither. Outcome: signed, or wrong or locked, counted as at
-- signing in; then nothing may be done, but the transaction is committed so that the attempt counts.
CREATE FUNCTION identity.sign(password text, meaning text, subject text, reason text, content_hash bytea DEFAULT NULL)
  RETURNS TABLE (outcome text, signature_id uuid, retry_at timestamptz)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own constant identity.context := identity.own_context();
  person identity.users;
  guess record;
BEGIN
  SELECT * INTO person FROM identity.users u WHERE u.organization_id = own.organization_id AND u.id = own.user_id;
  IF person.kind <> 'person' THEN
    RAISE EXCEPTION 'only a person signs' USING ERRCODE = '42501';
  END IF;
  SELECT * INTO guess FROM identity.check_password(person.login, password);
  IF guess.outcome <> 'right' THEN
    RETURN QUERY SELECT guess.outcome, NULL::uuid, guess.retry_at; RETURN;
  END IF;
  RETURN QUERY INSERT INTO identity.signatures AS s (organization_id, user_id, login, display_name, meaning, subject, reason,
      content_hash, signed_at, session_id, station_code)
    VALUES (own.organization_id, own.user_id, person.login, person.display_name, sign.meaning, sign.subject,
            nullif(trim(sign.reason), ''), sign.content_hash, clock_timestamp(), own.session_id, own.station_code)
    RETURNING 'signed'::text, s.id, NULL::timestamptz;
END
$$;

-- Ciphers of a person's contacts, for the person and for who may see people; the application has the key.
CREATE FUNCTION identity.contacts_of(person uuid)
  RETURNS TABLE (email_cipher bytea, email_verified_at timestamptz, phone_cipher bytea, phone_verified_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT u.email_cipher, u.email_verified_at, u.phone_cipher, u.phone_verified_at
  FROM identity.current_context() c JOIN identity.users u ON u.organization_id = c.organization_id AND u.id = person
  WHERE u.id = c.user_id OR identity.can('admin:read')
$$;

-- People of the organization who are locked out now, for administrators.
CREATE FUNCTION identity.locks() RETURNS TABLE (user_id uuid, failed_attempts integer, last_failed_at timestamptz, locked_until timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT u.id, f.failed_attempts, f.last_failed_at, f.locked_until
  FROM identity.current_context() c
  JOIN identity.users u ON u.organization_id = c.organization_id
  JOIN identity.sign_in_failures f ON f.slot = identity.slot_of(u.login)
  WHERE f.locked_until > clock_timestamp() AND (SELECT identity.can('admin:read'))
$$;

-- Lets a person of the organization try again at once. False: nobody, or nothing to lift.
CREATE FUNCTION identity.unlock(person uuid) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT identity.can('admin:write') THEN
    RAISE EXCEPTION 'not allowed' USING ERRCODE = '42501';
  END IF;
  DELETE FROM identity.sign_in_failures f USING identity.users u
    WHERE u.organization_id = identity.current_organization() AND u.id = person AND f.slot = identity.slot_of(u.login);
  RETURN FOUND;
END
$$;

-- Daily: what no longer says anything. Sessions stay.
CREATE FUNCTION identity.prune() RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM identity.sign_in_failures f WHERE f.last_failed_at < now() - interval '7 days';
  DELETE FROM identity.password_reset_tokens t WHERE t.expires_at < now() - interval '90 days';
  DELETE FROM identity.email_verification_tokens t WHERE t.expires_at < now() - interval '90 days';
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA identity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.sealed(text), identity.look_up_context(), identity.look_up_plants(text), identity.current_context(),
  identity.own_context(), identity.current_organization(), identity.current_user_id(), identity.current_station(), identity.plants(text), identity.plants(text, text[]),
  identity.can(text), identity.can(text, uuid, uuid), identity.stations(), identity.mark_active(),
  identity.begin(text, uuid, timestamptz), identity.sign_in(text, text, text), identity.sign_out(), identity.whoami()
  TO lanewright_app, lanewright_report;
GRANT EXECUTE ON FUNCTION identity.vouch(uuid, uuid, bytea, timestamptz, timestamptz), identity.change_password(text, text),
  identity.request_reset(text), identity.reset_password(text, text), identity.request_email_verification(),
  identity.verify_email(text), identity.sign(text, text, text, text, bytea), identity.contacts_of(uuid), identity.locks(),
  identity.unlock(uuid), identity.mail_state() TO lanewright_app;
GRANT EXECUTE ON FUNCTION identity.announce_mail(text, boolean), identity.pass_on_outgoing(integer),
  identity.take_outgoing(uuid, text, uuid, uuid), identity.settle_outgoing(uuid, uuid, boolean), identity.prune() TO lanewright_jobs;

-- Of the people of an organization everyone in it sees who they are, and nothing else.
CREATE POLICY read ON identity.users FOR SELECT USING (organization_id = (SELECT identity.current_organization()));
GRANT SELECT (organization_id, id, display_name, kind, station_code, given_name, family_name, avatar_url, active)
  ON identity.users TO lanewright_app, lanewright_report;

INSERT INTO app.table_rules (target, scope, organization_column, plant_column, plant_optional, read_permission,
                             write_permissions, append_only, delete_permissions, stamped, audited) VALUES
  ('org.organizations', 'tenant', 'id', NULL, false, '', '{}', false, '{}', true, true),
  ('org.plants', 'tenant', 'organization_id', 'id', false, '', '{admin:write}', false, '{}', true, true),
  ('org.areas', 'tenant', 'organization_id', 'plant_id', false, '', '{admin:write,production:write}', false, '{}', true, true),
  ('identity.users', 'custom', 'organization_id', NULL, false, '', '{}', false, '{}', true, true),
  ('identity.roles', 'tenant', 'organization_id', NULL, false, '', '{admin:write}', false, '{}', true, true),
  ('identity.permissions', 'shared', 'organization_id', NULL, false, '', '{}', false, '{}', false, false),
  ('identity.role_permissions', 'tenant', 'organization_id', NULL, false, '', '{admin:write}', false, '{admin:write}', false, true),
  ('identity.user_roles', 'tenant', 'organization_id', 'plant_id', true, 'admin:read', '{admin:write}', false, '{admin:write}', true, true),
  ('identity.user_plant_access', 'tenant', 'organization_id', 'plant_id', false, 'admin:read', '{admin:write}', false, '{admin:write}', true, true),
  ('identity.user_station_access', 'tenant', 'organization_id', 'plant_id', false, 'admin:read', '{admin:write}', false, '{admin:write}', true, true),
  ('identity.sessions', 'doors', 'organization_id', NULL, false, '', '{}', false, '{}', false, false),
  ('identity.secrets', 'plumbing', 'organization_id', NULL, false, '', '{}', false, '{}', false, false),
  ('identity.sign_in_failures', 'doors', 'organization_id', NULL, false, '', '{}', false, '{}', false, false),
  ('identity.guess_lanes', 'doors', 'organization_id', NULL, false, '', '{}', false, '{}', false, false),
  ('identity.outgoing_tokens', 'doors', 'organization_id', NULL, false, '', '{}', false, '{}', false, false),
  ('identity.mail_senders', 'doors', 'organization_id', NULL, false, '', '{}', false, '{}', false, false),
  ('identity.password_reset_tokens', 'doors', 'organization_id', NULL, false, '', '{}', false, '{}', false, false),
  ('identity.email_verification_tokens', 'doors', 'organization_id', NULL, false, '', '{}', false, '{}', false, false),
  ('identity.signatures', 'tenant', 'organization_id', NULL, false, '', '{}', true, '{}', false, true);
