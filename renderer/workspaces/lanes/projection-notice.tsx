/** The floor does not keep to the plan: how far, and what to do about it. */
import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { movedOf } from '#domain/scheduling/projection';
import type { Projection } from '#domain/scheduling/projection';
import { useText } from '../../ui/messages.ts';

export function ProjectionNotice({
  projection,
  shown,
  readOnly,
  onShow,
  onAdopt,
  onRepair,
}: {
  readonly projection: Projection;
  /** The board shows what is expected in place of the plan. */
  readonly shown: boolean;
  readonly readOnly: boolean;
  readonly onShow: (shown: boolean) => void;
  readonly onAdopt: () => void;
  readonly onRepair: () => void;
}) {
  const text = useText();
  const count = movedOf(projection).length;
  if (count === 0) return null;
  const late = projection.orders.filter(({ change }) => change === 'becomes-late').length;
  return (
    <section className="lanes-projection" aria-label={text('lanes.projected.label')}>
      <IconAlertTriangle aria-hidden size={16} />
      <span>{text('lanes.projected', { count, late })}</span>
      <Button size="compact-xs" variant="default" onClick={() => onShow(!shown)}>
        {text(shown ? 'lanes.projected.hide' : 'lanes.projected.show')}
      </Button>
      {!readOnly && (
        <>
          <Button
            size="compact-xs"
            variant="default"
            onClick={onAdopt}
            disabled={projection.edits.length === 0}
          >
            {text('lanes.projected.adopt')}
          </Button>
          <Button size="compact-xs" onClick={onRepair}>
            {text('lanes.projected.repair')}
          </Button>
        </>
      )}
    </section>
  );
}
