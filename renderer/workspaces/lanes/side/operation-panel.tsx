/** The operation at hand: what it is, how it stands, why it ends when it does, and what can be done with it. */
import { useEffect, useRef, useState } from 'react';
import { ActionIcon, Button, Modal, NumberInput } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowsJoin,
  IconArrowsSplit,
  IconEye,
  IconLock,
  IconLockOpen,
  IconX,
} from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { BoardEdit } from '#domain/scheduling/consequences/types';
import type {
  BoardOperation,
  Lane,
  PlacementCheck,
  ProposedMove,
  SetupFamily,
} from '#domain/scheduling/types';
import { latenessOf } from '#domain/scheduling/lateness';
import { Badge, OperationBadge } from '../../../ui/badges.tsx';
import { Fact, Facts } from '../../../ui/blocks.tsx';
import { useText } from '../../../ui/messages.ts';
import { useDurationText, useInstantText, useNow } from '../../../ui/time.tsx';
import { OperationContext } from './operation-context.tsx';
import { PlaceForm } from './place-form.tsx';
import { WhyLate } from './why-late.tsx';

export function OperationPanel({
  operation,
  lanes,
  families,
  versionId,
  readOnly,
  asksWhy,
  check,
  earliest,
  onClose,
  onShow,
  onEdit,
}: {
  readonly operation: BoardOperation;
  readonly lanes: readonly Lane[];
  readonly families: readonly SetupFamily[];
  /** The draft that is shown; null: the plan that holds. */
  readonly versionId: string | null;
  readonly readOnly: boolean;
  /** Shows at once why it ends when it does. */
  readonly asksWhy: boolean;
  readonly check: (move: ProposedMove) => PlacementCheck;
  readonly earliest: (operationId: string, laneId: string) => PlacementCheck;
  readonly onClose: () => void;
  readonly onShow: (operationId: string) => void;
  readonly onEdit: (edit: BoardEdit) => Promise<unknown>;
}) {
  const text = useText();
  const intl = useIntl();
  const duration = useDurationText();
  const instant = useInstantText();
  const now = useNow(30_000);
  const [why, setWhy] = useState(asksWhy);
  const whySection = useRef<HTMLElement>(null);
  useEffect(() => {
    if (asksWhy) whySection.current?.scrollIntoView({ block: 'start' });
  }, [asksWhy]);
  const [splitting, setSplitting] = useState(false);
  const { operationId, placement } = operation;
  const laneName = (laneId: string) => lanes.find(({ id }) => id === laneId)?.name ?? laneId;
  const lateness = latenessOf(operation, now);
  const open = operation.status === 'planned' || operation.status === 'ready';
  const movable = !readOnly && open && !operation.locked;
  const family = families.find(({ id }) => id === operation.familyId);
  const edit = (wanted: BoardEdit) => onEdit(wanted).catch(() => {});

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
      <div className="lanes-detail-tags">
        {lateness.state === 'late' && (
          <Badge tone="bad">{text('lanes.late', { duration: duration(lateness.byMs) })}</Badge>
        )}
        {lateness.state === 'tight' && (
          <Badge tone="warn">{text('lanes.tight', { duration: duration(lateness.byMs) })}</Badge>
        )}
        {operation.locked && (
          <Badge tone="info" icon={<IconLock aria-hidden size={14} />}>
            {text('lanes.locked')}
          </Badge>
        )}
        {operation.material === 'short' && (
          <Badge tone="warn">
            {operation.materialAt === undefined
              ? text('lanes.material.short')
              : text('lanes.material.short-until', { at: instant(operation.materialAt) })}
          </Badge>
        )}
      </div>
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
        {operation.customer && <Fact name={text('lanes.customer')}>{operation.customer}</Fact>}
        {family && <Fact name={text('lanes.dispatch.family')}>{family.name}</Fact>}
        <Fact name={text('lanes.lane')}>
          {placement ? laneName(placement.laneId) : text('lanes.not-placed')}
        </Fact>
        {placement && (
          <>
            <Fact name={text('lanes.starts')}>{instant(placement.startsAt)}</Fact>
            {placement.setupEndsAt !== undefined && placement.setupEndsAt > placement.startsAt && (
              <Fact name={text('lanes.setup-until')}>{instant(placement.setupEndsAt)}</Fact>
            )}
            <Fact name={text('lanes.ends')}>{instant(placement.endsAt)}</Fact>
          </>
        )}
        {operation.baseline && (
          <Fact name={text('lanes.baseline')}>
            {text('lanes.conflict.at', {
              lane: laneName(operation.baseline.laneId),
              start: instant(operation.baseline.startsAt),
            })}
          </Fact>
        )}
        <Fact name={text('lanes.working-time')}>{duration(operation.durationS * 1000)}</Fact>
        <Fact name={text('lanes.due-name')}>{instant(operation.dueAt)}</Fact>
        <Fact name={text('lanes.priority')}>{intl.formatNumber(operation.priority)}</Fact>
      </Facts>
      <div className="lanes-detail-actions">
        {placement && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconEye aria-hidden size={15} />}
            onClick={() => onShow(operationId)}
          >
            {text('lanes.show')}
          </Button>
        )}
        {placement && movable && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowBackUp aria-hidden size={15} />}
            onClick={() => edit({ type: 'unschedule', operationId })}
          >
            {text('lanes.unschedule')}
          </Button>
        )}
        {placement && open && !readOnly && (
          <Button
            size="xs"
            variant="default"
            leftSection={
              operation.locked ? <IconLockOpen aria-hidden size={15} /> : <IconLock aria-hidden size={15} />
            }
            onClick={() => edit({ type: 'lock', operationId, locked: !operation.locked })}
          >
            {text(operation.locked ? 'lanes.unlock' : 'lanes.lock')}
          </Button>
        )}
        {movable && operation.quantity > 1 && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowsSplit aria-hidden size={15} />}
            onClick={() => setSplitting(true)}
          >
            {text('lanes.split')}
          </Button>
        )}
        {movable && operation.part !== undefined && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowsJoin aria-hidden size={15} />}
            onClick={() => edit({ type: 'join', operationId })}
          >
            {text('lanes.join')}
          </Button>
        )}
      </div>
      {placement && (
        <section className="lanes-section lanes-why" ref={whySection}>
          <h3>
            <button
              type="button"
              className="lanes-link"
              aria-expanded={why}
              onClick={() => setWhy((shown) => !shown)}
            >
              {text(lateness.state === 'late' ? 'lanes.why-late' : 'lanes.why')}
            </button>
          </h3>
          {why && (
            <WhyLate
              workOrderId={operation.workOrderId}
              versionId={versionId}
              laneName={laneName}
              onShow={onShow}
            />
          )}
        </section>
      )}
      <OperationContext operationId={operationId} />
      {movable && (
        <PlaceForm
          key={`${operationId} ${operation.version}`}
          operation={operation}
          lanes={lanes.filter((each) => operation.eligibleLaneIds.includes(each.id))}
          check={check}
          earliest={(laneId) => earliest(operationId, laneId)}
          onPlace={(move) => onEdit({ type: 'place', ...move })}
        />
      )}
      {splitting && (
        <SplitDialog
          operation={operation}
          onClose={() => setSplitting(false)}
          onSplit={(quantities) => {
            setSplitting(false);
            void edit({ type: 'split', operationId, quantities });
          }}
        />
      )}
    </div>
  );
}

/** How much stays in the bar; the rest becomes a bar of its own. */
export function SplitDialog({
  operation,
  onSplit,
  onClose,
}: {
  readonly operation: BoardOperation;
  readonly onSplit: (quantities: readonly number[]) => void;
  readonly onClose: () => void;
}) {
  const text = useText();
  const intl = useIntl();
  const [kept, setKept] = useState(Math.ceil(operation.quantity / 2));
  const rest = operation.quantity - kept;
  return (
    <Modal
      opened
      onClose={onClose}
      title={text('lanes.split.title', { operation: operation.code })}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      <form
        className="lanes-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (kept > 0 && rest > 0) onSplit([kept, rest]);
        }}
      >
        <NumberInput
          label={text('lanes.split.keep')}
          suffix={` ${operation.unit}`}
          value={kept}
          min={0}
          max={operation.quantity}
          data-autofocus
          onChange={(value) => setKept(Number(value) || 0)}
        />
        <output className="lw-dim">
          {text('lanes.split.rest', { rest: `${intl.formatNumber(rest)} ${operation.unit}` })}
        </output>
        <div className="lanes-form-actions">
          <Button variant="default" onClick={onClose}>
            {text('app.cancel')}
          </Button>
          <Button type="submit" disabled={kept <= 0 || rest <= 0}>
            {text('lanes.split')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
