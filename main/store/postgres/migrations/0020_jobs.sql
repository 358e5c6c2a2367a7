-- Work that is done later: queues of pg-boss in the schema jobs, whose tables main/jobs/schema.ts makes after the migrations,
-- as the owner. What waits there belongs to all organizations, so no desk reads or writes it: it goes through the doors here,
-- which say whose a job is (group_id: the organization; data: kind, payload, person, plant, correlation). A job without an
-- organization is the scheduler's own. What was given up stands in <queue>_dead until somebody retries or discards it.

CREATE SCHEMA jobs;
GRANT USAGE ON SCHEMA jobs, app TO lanewright_jobs;

-- What whoever gives work to a queue must hold; NULL: there is no such queue. main/jobs/queues.ts has the same names.
CREATE FUNCTION app.queue_permission(queue text) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE queue
    WHEN 'background' THEN 'admin:write'
    WHEN 'erp_sync' THEN 'integration:write'
    WHEN 'email' THEN 'notify:write'
    WHEN 'report' THEN 'report:write'
    WHEN 'barcode' THEN 'packing:write' END
$$;

-- pg-boss' own statement, in short: the queue's settings are copied into the job. NULL: a like one (singleton_key) waits.
CREATE FUNCTION app.put_into_queue(queue text, organization uuid, data jsonb, singleton_key text, start_after timestamptz,
    source_root uuid) RETURNS uuid
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  fresh uuid := app.uuidv7();
  settings record;
BEGIN
  SELECT * INTO settings FROM jobs.queue q WHERE q.name = put_into_queue.queue;
  IF NOT FOUND THEN RAISE EXCEPTION 'there is no queue %', queue USING ERRCODE = '22023'; END IF;
  INSERT INTO jobs.job (id, name, data, group_id, singleton_key, start_after, keep_until, expire_seconds, deletion_seconds,
      retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds, source_root_id)
    VALUES (fresh, queue, put_into_queue.data, organization::text, coalesce(put_into_queue.singleton_key, fresh::text),
      put_into_queue.start_after, put_into_queue.start_after + settings.retention_seconds * interval '1 s',
      settings.expire_seconds, settings.deletion_seconds, settings.retry_limit, settings.retry_delay, settings.retry_backoff,
      settings.retry_delay_max, settings.policy, settings.dead_letter, settings.heartbeat_seconds, source_root)
    ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF settings.notify AND start_after <= now() THEN
    PERFORM pg_notify('pgboss_' || left(encode(sha224('jobs'::bytea), 'hex'), 24), queue);
  END IF;
  RETURN fresh;
END
$$;

CREATE FUNCTION app.enqueue(queue text, kind text, payload jsonb DEFAULT '{}', plant uuid DEFAULT NULL,
    singleton_key text DEFAULT NULL, start_after timestamptz DEFAULT NULL) RETURNS uuid
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  context constant identity.context := identity.current_context();
  permission constant text := app.queue_permission(queue);
  key constant text := context.organization_id || '/' || enqueue.singleton_key;
  starts constant timestamptz := coalesce(enqueue.start_after, now());
  job uuid;
BEGIN
  IF context.session_id IS NULL THEN RAISE EXCEPTION 'no such session' USING ERRCODE = '28000'; END IF;
  IF permission IS NULL THEN RAISE EXCEPTION 'there is no queue %', queue USING ERRCODE = '22023'; END IF;
  IF NOT (CASE WHEN plant IS NULL THEN identity.can(permission) ELSE plant = ANY (identity.plants('write', ARRAY[permission])) END) THEN
    RAISE EXCEPTION 'not allowed' USING ERRCODE = '42501';
  END IF;
  IF kind IS NULL OR kind !~ '^[a-z][a-z0-9-]{0,62}$' THEN
    RAISE EXCEPTION 'a kind is words of small letters joined by hyphens' USING ERRCODE = '22023';
  END IF;
  IF payload IS NULL OR jsonb_typeof(payload) <> 'object' THEN
    RAISE EXCEPTION 'a payload is a JSON object' USING ERRCODE = '22023';
  END IF;
  IF octet_length(payload::text) > 65536 THEN
    RAISE EXCEPTION 'a payload has 64 KiB at most: files go into app.files' USING ERRCODE = '54000';
  END IF;
  IF octet_length(enqueue.singleton_key) NOT BETWEEN 1 AND 200 THEN
    RAISE EXCEPTION 'a singleton key has 1 to 200 bytes' USING ERRCODE = '22023';
  END IF;
  IF starts > now() + interval '1 year' THEN
    RAISE EXCEPTION 'a job starts within a year' USING ERRCODE = '22023';
  END IF;
  IF (SELECT count(*) FROM (SELECT FROM jobs.job j WHERE j.name = queue AND j.group_id = context.organization_id::text
        AND j.state < 'active' LIMIT 10000) AS waiting) >= 10000 THEN
    RAISE EXCEPTION 'ten thousand jobs wait in % already', queue USING ERRCODE = '54000';
  END IF;
  LOOP
    job := app.put_into_queue(queue, context.organization_id, jsonb_build_object('kind', kind, 'payload', payload, 'person', context.user_id,
      'plant', plant, 'correlation', substring(current_setting('application_name') FROM '^lanewright ([0-9a-f-]{8,36})$')),
      key, starts, NULL);
    IF job IS NULL THEN
      SELECT j.id INTO job FROM jobs.job j WHERE j.name = queue AND j.singleton_key = key AND j.state = 'created';
    END IF;
    -- It waited when it was put in and was taken before it was looked for: once more.
    EXIT WHEN job IS NOT NULL;
  END LOOP;
  RETURN job;
END
$$;
COMMENT ON FUNCTION app.enqueue(text, text, jsonb, uuid, text, timestamptz) IS 'Gives a queue work in the caller''s name, within the transaction, and returns the job. Needs the queue''s permission, at the plant or in the whole organization. While one with the same singleton key waits, that one is returned and nothing is added; one that runs does not count.';

CREATE FUNCTION app.jobs(at_most integer DEFAULT 200)
  RETURNS TABLE (id uuid, queue text, kind text, state text, plant_id uuid, person_id uuid, correlation_id text,
                 created_at timestamptz, start_at timestamptz, started_at timestamptz, completed_at timestamptz, retries integer,
                 problem text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  context constant identity.context := identity.current_context();
  sees_all constant boolean := identity.can('admin:read');
BEGIN
  RETURN QUERY SELECT j.id, j.name, j.data ->> 'kind',
      CASE j.state WHEN 'created' THEN 'waiting' WHEN 'retry' THEN 'retrying' WHEN 'active' THEN 'running' WHEN 'completed' THEN 'done'
        ELSE j.state::text END,
      (j.data ->> 'plant')::uuid, (j.data ->> 'person')::uuid, j.data ->> 'correlation', j.created_on, j.start_after, j.started_on,
      j.completed_on, j.retry_count,
      CASE WHEN j.state <> 'completed' THEN left(coalesce(j.output ->> 'message', j.output #>> '{value,message}'), 500) END
    FROM jobs.job j
    WHERE j.group_id = context.organization_id::text AND right(j.name, 5) <> '_dead'
      AND (sees_all OR j.data ->> 'person' = context.user_id::text)
    ORDER BY j.created_on DESC LIMIT least(at_most, 1000);
END
$$;
COMMENT ON FUNCTION app.jobs(integer) IS 'Jobs of the organization, newest first, those done for a week: for administrators (admin:read) all, for others their own. state: waiting, retrying, running, done, failed, cancelled.';

CREATE FUNCTION app.dead_jobs(at_most integer DEFAULT 200)
  RETURNS TABLE (id uuid, queue text, kind text, of_scheduler boolean, plant_id uuid, person_id uuid, correlation_id text,
                 created_at timestamptz, given_up_at timestamptz, retries integer, problem text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  organization constant uuid := identity.current_organization();
BEGIN
  IF NOT identity.can('admin:read') THEN RETURN; END IF;
  RETURN QUERY SELECT j.id, j.source_name, j.data ->> 'kind', j.group_id IS NULL, (j.data ->> 'plant')::uuid,
      (j.data ->> 'person')::uuid, j.data ->> 'correlation', j.source_created_on, j.created_on, j.source_retry_count,
      left(coalesce(j.source_output ->> 'message', j.source_output #>> '{value,message}'), 500)
    FROM jobs.job j
    WHERE right(j.name, 5) = '_dead' AND j.source_name IS NOT NULL AND j.state = 'created'
      AND (j.group_id = organization::text OR j.group_id IS NULL)
    ORDER BY j.created_on DESC LIMIT least(at_most, 1000);
END
$$;
COMMENT ON FUNCTION app.dead_jobs(integer) IS 'What was given up, of the organization and of the scheduler, newest first, for administrators (admin:read). The scheduler''s goes by itself when a later run succeeds.';

-- NULL: the organization has no such job.
CREATE FUNCTION app.retry_job(job uuid) RETURNS uuid
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  organization constant uuid := identity.current_organization();
  dead record;
  fresh uuid;
BEGIN
  IF NOT identity.can('admin:write') THEN RAISE EXCEPTION 'not allowed' USING ERRCODE = '42501'; END IF;
  SELECT * INTO dead FROM jobs.job j WHERE right(j.name, 5) = '_dead' AND j.id = job AND j.group_id = organization::text
    AND j.state = 'created' FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  -- A job without a key has its own id for one.
  fresh := app.put_into_queue(dead.source_name, organization, dead.data,
    CASE WHEN dead.singleton_key LIKE organization || '/%' THEN dead.singleton_key END, now(),
    coalesce(dead.source_root_id, dead.source_id));
  IF fresh IS NULL THEN RAISE EXCEPTION 'a like job waits already' USING ERRCODE = '23505'; END IF;
  DELETE FROM jobs.job j WHERE j.name = dead.name AND j.id = dead.id;
  PERFORM audit.append(organization, (dead.data ->> 'plant')::uuid, 'jobs.job', job, jsonb_build_object('id', job), 'update',
    json_build_object('queue', dead.source_name, 'kind', dead.data ->> 'kind', 'state', 'retried', 'as', fresh));
  RETURN fresh;
END
$$;
COMMENT ON FUNCTION app.retry_job(uuid) IS 'Puts what was given up back into its queue, with all its attempts, and returns the new job; audited. Needs admin:write.';

-- False: the organization has no such job.
CREATE FUNCTION app.discard_job(job uuid, reason text) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  organization constant uuid := identity.current_organization();
  said constant text := coalesce(current_setting('lanewright.reason', true), '');
  dead record;
BEGIN
  IF NOT identity.can('admin:write') THEN RAISE EXCEPTION 'not allowed' USING ERRCODE = '42501'; END IF;
  IF coalesce(trim(reason), '') = '' THEN RAISE EXCEPTION 'a reason is needed' USING ERRCODE = '22023'; END IF;
  DELETE FROM jobs.job j WHERE right(j.name, 5) = '_dead' AND j.id = job AND j.group_id = organization::text AND j.state = 'created'
    RETURNING * INTO dead;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM set_config('lanewright.reason', trim(reason), true);
  PERFORM audit.append(organization, (dead.data ->> 'plant')::uuid, 'jobs.job', job, jsonb_build_object('id', job), 'update',
    json_build_object('queue', dead.source_name, 'kind', dead.data ->> 'kind', 'state', 'discarded', 'person', dead.data ->> 'person'));
  PERFORM set_config('lanewright.reason', said, true);
  RETURN true;
END
$$;
COMMENT ON FUNCTION app.discard_job(uuid, text) IS 'Throws away what was given up; audited with the reason. Needs admin:write.';

CREATE FUNCTION app.prune_changes() RETURNS bigint
  LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
  WITH gone AS (DELETE FROM app.changes c WHERE c.at < now() - interval '7 days' RETURNING 1) SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION app.prune_changes() IS 'Removes what the change feed no longer keeps; returns how many.';

-- The scheduler's door to what only the owner may do. Each may be run twice, at once and late.
CREATE FUNCTION app.run_maintenance(kind text) RETURNS TABLE (worked bigint, problem text)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  CASE kind
    WHEN 'maintain-partitions' THEN
      SELECT count(*) FILTER (WHERE m.action IN ('made', 'packed', 'dropped', 'expired')),
             string_agg(m.table_name || ': ' || m.detail, '; ' ORDER BY m.table_name) FILTER (WHERE m.action = 'failed')
        INTO worked, problem FROM app.maintain_partitions() m;
    WHEN 'refresh-analytics' THEN worked := analytics.refresh(1000);
    WHEN 'sweep-cache' THEN worked := app.sweep_cache();
    WHEN 'prune-changes' THEN worked := app.prune_changes();
    WHEN 'prune-identity' THEN PERFORM identity.prune();
    ELSE RAISE EXCEPTION 'there is no maintenance of the kind %', kind USING ERRCODE = '22023';
  END CASE;
  RETURN NEXT;
END
$$;
COMMENT ON FUNCTION app.run_maintenance(text) IS 'worked: how much was done, NULL where it is not counted. problem: what of it failed while the rest was done.';

GRANT EXECUTE ON FUNCTION app.enqueue(text, text, jsonb, uuid, text, timestamptz), app.jobs(integer), app.dead_jobs(integer),
  app.retry_job(uuid), app.discard_job(uuid, text) TO lanewright_app;
GRANT EXECUTE ON FUNCTION app.run_maintenance(text) TO lanewright_jobs;
