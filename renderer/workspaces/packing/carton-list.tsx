import { UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconLock, IconPackage, IconTruck } from '@tabler/icons-react';
import type { Carton, CartonStatus } from '#contract/packing';
import { Badge } from '../../ui/badges.tsx';
import type { Tone } from '../../ui/badges.tsx';
import { useText } from '../../ui/messages.ts';
import { useInstantText } from '../../ui/time.tsx';

const look = {
  open: { tone: 'info', icon: IconPackage },
  closed: { tone: 'good', icon: IconLock },
  shipped: { tone: 'quiet', icon: IconTruck },
  voided: { tone: 'off', icon: IconBan },
} as const satisfies Record<CartonStatus, { tone: Tone; icon: typeof IconBan }>;

export function CartonBadge({ status }: { readonly status: CartonStatus }) {
  const text = useText();
  const { tone, icon: Icon } = look[status];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden size={14} />}>
      {text(`packing.status.${status}`)}
    </Badge>
  );
}

export function CartonList({
  cartons,
  chosenId,
  onChoose,
}: {
  readonly cartons: readonly Carton[];
  readonly chosenId: string | null;
  readonly onChoose: (cartonId: string) => void;
}) {
  const text = useText();
  const instant = useInstantText();
  return (
    <nav className="packing-list" aria-label={text('packing.cartons')}>
      <ul>
        {cartons.map((carton) => {
          const unknown = carton.labels.some((label) => label.outcome === 'unknown');
          return (
            <li key={carton.cartonId}>
              <UnstyledButton
                className="packing-row"
                aria-current={carton.cartonId === chosenId ? 'true' : undefined}
                aria-label={text('packing.carton-row', {
                  carton: carton.number,
                  status: text(`packing.status.${carton.status}`),
                  count: carton.serials.length,
                })}
                onClick={() => onChoose(carton.cartonId)}
              >
                <span className="packing-row-top">
                  <strong>{carton.number}</strong>
                  <CartonBadge status={carton.status} />
                </span>
                <span className="packing-row-material">{carton.materialName ?? text('packing.empty')}</span>
                <span className="lw-dim packing-row-foot">
                  {carton.capacity === null
                    ? text('packing.count', { count: carton.serials.length })
                    : text('packing.count-of', { count: carton.serials.length, capacity: carton.capacity })}
                  <span>{instant(carton.closedAt ?? carton.openedAt)}</span>
                </span>
                {unknown && (
                  <Badge tone="warn" icon={<IconAlertTriangle aria-hidden size={14} />}>
                    {text('packing.label-unknown')}
                  </Badge>
                )}
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
