import { Button, Modal } from '@mantine/core';
import type { Lane } from '#domain/scheduling/types';
import { useText } from '../../ui/messages.ts';
import { useInstantText } from '../../ui/time.tsx';
import type { Plan } from './use-plan.ts';

/** Two planners moved one bar: both sides, and who decides. */
export function ConflictDialog({ plan }: { readonly plan: Plan }) {
  const text = useText();
  const instant = useInstantText();
  const { conflict, lanes } = plan;
  if (!conflict) return null;
  const { theirs, mine } = conflict;
  const wanted = mine.find(({ operationId }) => operationId === theirs.operationId);
  const nameOf = (laneId: string) => lanes.find((lane: Lane) => lane.id === laneId)?.name ?? laneId;
  return (
    <Modal
      opened
      onClose={plan.takeTheirs}
      title={text('lanes.conflict.title', { operation: theirs.code })}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      <p>{text('lanes.conflict.detail')}</p>
      <div className="lanes-conflict">
        <section>
          <h3>{text('lanes.conflict.theirs')}</h3>
          <p>
            {theirs.placement
              ? text('lanes.conflict.at', {
                  lane: nameOf(theirs.placement.laneId),
                  start: instant(theirs.placement.startsAt),
                })
              : text('lanes.conflict.unscheduled')}
          </p>
        </section>
        <section>
          <h3>{text('lanes.conflict.mine')}</h3>
          <p>
            {wanted?.type === 'place'
              ? text('lanes.conflict.at', { lane: nameOf(wanted.laneId), start: instant(wanted.startsAt) })
              : text(wanted?.type === 'unschedule' ? 'lanes.conflict.unscheduled' : 'lanes.conflict.other')}
          </p>
        </section>
      </div>
      <div className="lanes-conflict-actions">
        <Button variant="default" onClick={plan.takeTheirs} data-autofocus>
          {text('lanes.conflict.take-theirs')}
        </Button>
        <Button onClick={plan.applyMine}>{text('lanes.conflict.apply-mine')}</Button>
      </div>
    </Modal>
  );
}
