/** States of things: an icon, a word and a colour together, never a colour alone. */
import type { ReactNode } from 'react';
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconCircleDashed,
  IconCircleDot,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugConnectedX,
  IconTool,
} from '@tabler/icons-react';
import type { OperationStatus } from '#domain/scheduling/types';
import type { MachineState } from '#contract/line';
import { useText } from './messages.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet' | 'off';

export function Badge({
  tone,
  icon,
  children,
}: {
  readonly tone: Tone;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <span className="lw-tag" data-tone={tone}>
      {icon}
      {children}
    </span>
  );
}

const operationLook = {
  planned: { tone: 'quiet', icon: IconCircleDashed },
  ready: { tone: 'info', icon: IconCircleDot },
  running: { tone: 'good', icon: IconPlayerPlay },
  paused: { tone: 'warn', icon: IconPlayerPause },
  completed: { tone: 'quiet', icon: IconCheck },
  cancelled: { tone: 'off', icon: IconBan },
} as const satisfies Record<OperationStatus, { tone: Tone; icon: typeof IconCheck }>;

export function OperationBadge({ status }: { readonly status: OperationStatus }) {
  const text = useText();
  const { tone, icon: Icon } = operationLook[status];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden size={14} />}>
      {text(`app.operation.${status}`)}
    </Badge>
  );
}

const machineLook = {
  running: { tone: 'good', icon: IconPlayerPlay },
  idle: { tone: 'quiet', icon: IconPlayerPause },
  setup: { tone: 'info', icon: IconTool },
  down: { tone: 'bad', icon: IconAlertTriangle },
  offline: { tone: 'off', icon: IconPlugConnectedX },
} as const satisfies Record<MachineState, { tone: Tone; icon: typeof IconCheck }>;

export function machineTone(state: MachineState): Tone {
  return machineLook[state].tone;
}

export function MachineBadge({ state }: { readonly state: MachineState }) {
  const text = useText();
  const { tone, icon: Icon } = machineLook[state];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden size={14} />}>
      {text(`line.state.${state}`)}
    </Badge>
  );
}
