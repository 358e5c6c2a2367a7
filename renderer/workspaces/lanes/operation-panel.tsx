import { useState } from 'react';
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconArrowBackUp, IconEye, IconX } from '@tabler/icons-react';
import { Temporal } from 'temporal-polyfill';
import { useIntl } from 'react-intl';
import type { BoardOperation, Lane, PlacementCheck, ProposedMove } from '#domain/scheduling/types';
import { latenessOf } from '#domain/scheduling/lateness';
import { Badge, OperationBadge } from '../../ui/badges.tsx';
import { Fact, Facts } from '../../ui/blocks.tsx';
import { useErrorText } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';
import { useSession } from '../../ui/session.ts';
import { useDurationText, useInstantText, useNow } from '../../ui/time.tsx';

/** The operation at hand: what it is, how it stands, and a form that places it without a pointer. */
export function OperationPanel({
  operation,
  lanes,
  readOnly,
  check,
  onClose,
  onShow,
  onPlace,
  onUnschedule,
}: {
  readonly operation: BoardOperation;
  readonly lanes: readonly Lane[];
  readonly readOnly: boolean;
  readonly check: (move: ProposedMove) => PlacementCheck;
  readonly onClose: () => void;
  readonly onShow: () => void;
  readonly onPlace: (move: ProposedMove) => Promise<unknown>;
  readonly onUnschedule: () => void;
}) {
  const text = useText();
  const intl = useIntl();
  const duration = useDurationText();
  const instant = useInstantText();
  const now = useNow(30_000);
  const lane = lanes.find((each) => each.id === operation.placement?.laneId);
  const lateness = latenessOf(operation, now);
  const movable = !readOnly && (operation.status === 'planned' || operation.status === 'ready');

  return (
    <div className="lanes-detail">
      <header>
        <h2>{operation.code}</h2>
        <OperationBadge status={operation.status} />
        <ActionIcon aria-label={text('lanes.close-details')} onClick={onClose}>
          <IconX aria-hidden size={18} />
        </ActionIcon>
      </header>
      <p className="lanes-detail-name">{operation.name}</p>
      {lateness.state === 'late' && (
        <Badge tone="bad">{text('lanes.late', { duration: duration(lateness.byMs) })}</Badge>
      )}
      {lateness.state === 'tight' && (
        <Badge tone="warn">{text('lanes.tight', { duration: duration(lateness.byMs) })}</Badge>
      )}
      <div className="lw-meter" aria-hidden>
        <span style={{ width: `${Math.round(operation.progress * 100)}%` }} />
      </div>
      <Facts>
        <Fact name={text('lanes.material')}>
          {operation.materialName} <span className="lw-dim">{operation.materialCode}</span>
        </Fact>
        <Fact name={text('lanes.quantity')}>
          {intl.formatNumber(operation.quantity)} {operation.unit}
        </Fact>
        <Fact name={text('lanes.progress')}>
          {intl.formatNumber(operation.progress, { style: 'percent' })}
        </Fact>
        <Fact name={text('lanes.work-order')}>{operation.workOrderNumber}</Fact>
        <Fact name={text('lanes.lane')}>{lane?.name ?? text('lanes.not-placed')}</Fact>
        {operation.placement && (
          <>
            <Fact name={text('lanes.starts')}>{instant(operation.placement.startsAt)}</Fact>
            <Fact name={text('lanes.ends')}>{instant(operation.placement.endsAt)}</Fact>
          </>
        )}
        <Fact name={text('lanes.working-time')}>{duration(operation.durationS * 1000)}</Fact>
        <Fact name={text('lanes.due-name')}>{instant(operation.dueAt)}</Fact>
        <Fact name={text('lanes.priority')}>{intl.formatNumber(operation.priority)}</Fact>
      </Facts>
      <div className="lanes-detail-actions">
        {operation.placement && (
          <Button variant="default" leftSection={<IconEye aria-hidden size={16} />} onClick={onShow}>
            {text('lanes.show')}
          </Button>
        )}
        {operation.placement && movable && (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp aria-hidden size={16} />}
            onClick={onUnschedule}
          >
            {text('lanes.unschedule')}
          </Button>
        )}
      </div>
      {movable && (
        <PlaceForm
          key={`${operation.operationId} ${operation.version}`}
          operation={operation}
          lanes={lanes.filter((each) => operation.eligibleLaneIds.includes(each.id))}
          check={check}
          onPlace={onPlace}
        />
      )}
    </div>
  );
}

function PlaceForm({
  operation,
  lanes,
  check,
  onPlace,
}: {
  readonly operation: BoardOperation;
  readonly lanes: readonly Lane[];
  readonly check: (move: ProposedMove) => PlacementCheck;
  readonly onPlace: (move: ProposedMove) => Promise<unknown>;
}) {
  const text = useText();
  const instant = useInstantText();
  const errorText = useErrorText();
  const { plant } = useSession();
  const [laneId, setLaneId] = useState(operation.placement?.laneId ?? lanes[0]?.id ?? '');
  const [local, setLocal] = useState(() =>
    toLocal(operation.placement?.startsAt ?? Date.now(), plant.timeZone),
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
      <Button type="submit" loading={busy} disabled={!checked?.ok}>
        {text('lanes.place')}
      </Button>
    </form>
  );
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
