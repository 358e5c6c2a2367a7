import { useState } from 'react';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { Temporal } from 'temporal-polyfill';
import type { BoardOperation, Lane, PlacementCheck, ProposedMove } from '#domain/scheduling/types';
import { useErrorText } from '../../../ui/error-notice.tsx';
import { useText } from '../../../ui/messages.ts';
import { useSession } from '../../../ui/session.ts';
import { useInstantText } from '../../../ui/time.tsx';

/** Places an operation without a pointer: a lane, a start, and at once what would come of it. */
export function PlaceForm({
  operation,
  lanes,
  check,
  earliest,
  onPlace,
}: {
  readonly operation: BoardOperation;
  readonly lanes: readonly Lane[];
  readonly check: (move: ProposedMove) => PlacementCheck;
  /** The first place on a lane from now on. */
  readonly earliest: (laneId: string) => PlacementCheck;
  readonly onPlace: (move: ProposedMove) => Promise<unknown>;
}) {
  const text = useText();
  const instant = useInstantText();
  const errorText = useErrorText();
  const { plant } = useSession();
  const [laneId, setLaneId] = useState(operation.placement?.laneId ?? lanes[0]?.id ?? '');
  const [local, setLocal] = useState(() =>
    toLocal(operation.placement?.startsAt ?? startOf(earliest(laneId)) ?? Date.now(), plant.timeZone),
  );
  const [busy, setBusy] = useState(false);
  const startsAt = fromLocal(local, plant.timeZone);
  const move = startsAt === null || !laneId ? null : { operationId: operation.operationId, laneId, startsAt };
  const checked = move && check(move);

  return (
    <form
      className="lanes-place"
      onSubmit={(event) => {
        event.preventDefault();
        if (!move || !checked?.ok || busy) return;
        setBusy(true);
        onPlace(move)
          .catch(() => {})
          .finally(() => setBusy(false));
      }}
    >
      <h3>{text('lanes.place-at')}</h3>
      <NativeSelect
        label={text('lanes.lane')}
        value={laneId}
        data={lanes.map((lane) => ({ value: lane.id, label: lane.name }))}
        onChange={(event) => setLaneId(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        label={text('lanes.starts')}
        step={60}
        value={local}
        onChange={(event) => setLocal(event.currentTarget.value)}
      />
      <output className={checked && !checked.ok ? 'lanes-refused' : 'lw-dim'}>
        {checked === null
          ? text('lanes.place-incomplete')
          : checked.ok
            ? text('lanes.place-until', { end: instant(checked.placement.endsAt) })
            : errorText(checked.refusal)}
      </output>
      <div className="lanes-form-actions">
        <Button
          variant="default"
          onClick={() => {
            const startsAt = startOf(earliest(laneId));
            if (startsAt !== null) setLocal(toLocal(startsAt, plant.timeZone));
          }}
        >
          {text('lanes.place-earliest')}
        </Button>
        <Button type="submit" loading={busy} disabled={!checked?.ok}>
          {text('lanes.place')}
        </Button>
      </div>
    </form>
  );
}

const minuteMs = 60_000;

/** Where a place begins, also one that a rule refuses: the form says which. The field knows whole minutes. */
function startOf({ placement }: PlacementCheck): number | null {
  return placement ? Math.ceil(placement.startsAt / minuteMs) * minuteMs : null;
}

/** Wall-clock time of the plant for an `<input type="datetime-local">`. */
function toLocal(at: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' });
}

/** The instant of a wall-clock time in the plant; the earlier one in the hour that occurs twice. */
function fromLocal(local: string, timeZone: string): number | null {
  try {
    return Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds;
  } catch {
    return null;
  }
}
