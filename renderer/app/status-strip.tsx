/** The bottom line that always tells how everything stands. A press on a part tells more. */
import type { ComponentType, ReactNode } from 'react';
import { Popover, UnstyledButton } from '@mantine/core';
import {
  IconBarcode,
  IconBuildingFactory2,
  IconClock,
  IconDatabase,
  IconInbox,
  IconPlugConnected,
  IconPlugConnectedX,
  IconPrinter,
  IconRuler2,
  IconUser,
} from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { DeviceStatus, LinkState, SystemStatus } from '#contract/system';
import { useFeed } from '../client/feed.ts';
import { Fact, Facts } from '../ui/blocks.tsx';
import type { Tone } from '../ui/badges.tsx';
import { textOfKey, useText } from '../ui/messages.ts';
import { useSession } from '../ui/session.ts';
import { useDurationText, useInstantText, useNow } from '../ui/time.tsx';

const linkTone: Readonly<Record<LinkState, Tone>> = {
  online: 'good',
  starting: 'warn',
  offline: 'bad',
  absent: 'off',
};

export function StatusStrip() {
  const text = useText();
  const status = useFeed((feed) => feed.status);
  const connected = useFeed((feed) => feed.connected);
  return (
    <footer className="lw-status" aria-label={text('status.label')}>
      {!connected && (
        <Segment
          icon={IconPlugConnectedX}
          name={text('status.core')}
          value={text('status.core.lost')}
          tone="bad"
        >
          <p>{text('app.core.kept')}</p>
        </Segment>
      )}
      {connected && !status && (
        <Segment
          icon={IconPlugConnected}
          name={text('status.core')}
          value={text('status.core.asking')}
          tone="quiet"
        />
      )}
      {/* Without the core nobody knows how the rest stands: what it said last is not shown as if it were so. */}
      {connected && status && (
        <>
          <Database database={status.database} />
          <Outbox status={status} />
          <Segment
            plain
            icon={IconBuildingFactory2}
            name={text('status.line')}
            value={
              status.line.state === 'online'
                ? text('status.line.machines', { good: status.line.good, machines: status.line.machines })
                : text(`status.link.${status.line.state}`)
            }
            tone={
              status.line.state === 'online' && status.line.good < status.line.machines
                ? 'warn'
                : linkTone[status.line.state]
            }
          >
            <Facts>
              <Fact name={text('status.state')}>{text(`status.link.${status.line.state}`)}</Fact>
              <Fact name={text('status.line.good')}>
                {text('status.line.machines', { good: status.line.good, machines: status.line.machines })}
              </Fact>
            </Facts>
            <Reason reason={status.line.reason} values={{}} />
            {status.simulated && <p>{text('status.simulated')}</p>}
          </Segment>
          <Device icon={IconBarcode} name={text('status.scanner')} device={status.scanner} />
          <Device icon={IconRuler2} name={text('status.gauge')} device={status.gauge} />
          <Printers printers={status.printers} />
        </>
      )}
      <span className="lw-status-gap" />
      <Person />
      <PlantClock />
    </footer>
  );
}

function Segment({
  icon: Icon,
  name,
  value,
  tone,
  plain = false,
  children,
}: {
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean; stroke?: number }>;
  readonly name: string;
  readonly value: string;
  readonly tone: Tone;
  /** The value says by itself what it is of: the name may go where there is little room. */
  readonly plain?: boolean;
  readonly children?: ReactNode;
}) {
  return (
    <Popover position="top-start" width={300} withArrow trapFocus={false} returnFocus>
      <Popover.Target>
        <UnstyledButton className="lw-status-part" data-tone={tone} aria-label={`${name}: ${value}`}>
          <Icon aria-hidden size={16} stroke={1.8} />
          <span className="lw-status-name" data-plain={plain || undefined}>
            {name}
          </span>
          <span className="lw-status-value">{value}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className="lw-status-detail" aria-label={name}>
        <h2>{name}</h2>
        {children ?? <p>{value}</p>}
      </Popover.Dropdown>
    </Popover>
  );
}

function Reason({
  reason,
  values,
}: {
  readonly reason: string | null;
  readonly values: Readonly<Record<string, string | number>>;
}) {
  const intl = useIntl();
  if (!reason) return null;
  return (
    <p>
      {textOfKey(intl, reason, values, ['error.', 'status.device.', 'printer.'], 'status.reason-unknown')}
    </p>
  );
}

function Database({ database }: { readonly database: SystemStatus['database'] }) {
  const text = useText();
  const instant = useInstantText();
  return (
    <Segment
      icon={IconDatabase}
      name={text('status.database')}
      value={text(`status.link.${database.state}`)}
      tone={linkTone[database.state]}
    >
      <Facts>
        <Fact name={text('status.state')}>{text(`status.link.${database.state}`)}</Fact>
        <Fact name={text('status.since')}>{instant(database.since)}</Fact>
        <Fact name={text('status.database.kind')}>{text(`status.database.${database.kind}`)}</Fact>
      </Facts>
      <Reason reason={database.reason} values={database.values} />
      {database.state !== 'online' && <p>{text('status.database.still-works')}</p>}
    </Segment>
  );
}

function Outbox({ status }: { readonly status: SystemStatus }) {
  const text = useText();
  const intl = useIntl();
  const now = useNow(1_000);
  const duration = useDurationText();
  const session = useSession();
  const { outbox, mirroredAt } = status;
  const offline = status.database.state !== 'online';
  // While the database answers, the mirror follows each change; its age counts once nothing comes any more.
  const current = status.database.state === 'online' && mirroredAt !== null;
  const cache = current
    ? text('status.cache.current')
    : mirroredAt === null
      ? text('status.cache.empty')
      : duration(now - mirroredAt);
  const commands =
    outbox.quarantined > 0
      ? text('status.outbox.quarantined', { quarantined: outbox.quarantined, waiting: outbox.waiting })
      : text('status.outbox.waiting', { waiting: outbox.waiting });
  const tone: Tone =
    outbox.quarantined > 0 || outbox.fill >= 0.95
      ? 'bad'
      : outbox.fill >= 0.7 || (offline && outbox.waiting > 0)
        ? 'warn'
        : 'quiet';
  return (
    <>
      <Segment icon={IconClock} name={text('status.cache')} value={cache} tone={offline ? 'warn' : 'quiet'}>
        <p>{text('status.cache.detail')}</p>
      </Segment>
      <Segment plain icon={IconInbox} name={text('status.outbox')} value={commands} tone={tone}>
        <Facts>
          <Fact name={text('status.outbox.waiting-name')}>{intl.formatNumber(outbox.waiting)}</Fact>
          <Fact name={text('status.outbox.quarantined-name')}>{intl.formatNumber(outbox.quarantined)}</Fact>
          {outbox.oldestAt !== null && (
            <Fact name={text('status.outbox.oldest')}>
              {text('app.ago', { duration: duration(now - outbox.oldestAt) })}
            </Fact>
          )}
          <Fact name={text('status.outbox.fill')}>
            {intl.formatNumber(outbox.fill, { style: 'percent' })}
          </Fact>
        </Facts>
        <p>{text('status.outbox.detail')}</p>
        {session.may('admin:read') && <a href="#/admin/commands">{text('status.outbox.open')}</a>}
      </Segment>
    </>
  );
}

function Device({
  icon,
  name,
  device,
}: {
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  readonly name: string;
  readonly device: DeviceStatus;
}) {
  const text = useText();
  const instant = useInstantText();
  return (
    <Segment
      icon={icon}
      name={name}
      value={text(`status.link.${device.state}`)}
      tone={linkTone[device.state]}
    >
      <Facts>
        <Fact name={text('status.device')}>{device.code}</Fact>
        <Fact name={text('status.state')}>{text(`status.link.${device.state}`)}</Fact>
        <Fact name={text('status.since')}>{instant(device.since)}</Fact>
      </Facts>
      <Reason reason={device.reason} values={{}} />
    </Segment>
  );
}

function Printers({ printers }: { readonly printers: readonly DeviceStatus[] }) {
  const text = useText();
  const online = printers.filter((printer) => printer.state === 'online').length;
  const all = printers.length;
  return (
    <Segment
      plain
      icon={IconPrinter}
      name={text('status.printers')}
      value={all === 0 ? text('status.link.absent') : text('status.printers.online', { online, all })}
      tone={all === 0 ? 'off' : online === all ? 'good' : online === 0 ? 'bad' : 'warn'}
    >
      <ul className="lw-status-list">
        {printers.map((printer) => (
          <li key={printer.code} data-tone={linkTone[printer.state]}>
            <strong>{printer.code}</strong> {text(`status.link.${printer.state}`)}
            <Reason reason={printer.reason} values={{}} />
          </li>
        ))}
      </ul>
      {all === 0 && <p>{text('status.printers.none')}</p>}
    </Segment>
  );
}

function Person() {
  const text = useText();
  const instant = useInstantText();
  const { identity } = useSession();
  return (
    <Segment
      plain
      icon={IconUser}
      name={text('status.person')}
      value={identity.displayName}
      tone={identity.offline || identity.vouched ? 'warn' : 'quiet'}
    >
      <Facts>
        <Fact name={text('status.person.login')}>{identity.login}</Fact>
        <Fact name={text('status.person.roles')}>{identity.roles.join(', ')}</Fact>
        <Fact name={text('status.person.until')}>{instant(identity.expiresAt)}</Fact>
      </Facts>
      {identity.offline && <p>{text('status.person.offline')}</p>}
      {identity.vouched && <p>{text('status.person.vouched')}</p>}
    </Segment>
  );
}

function PlantClock() {
  const text = useText();
  const intl = useIntl();
  const now = useNow(1_000);
  const { plant } = useSession();
  return (
    <Segment
      plain
      icon={IconClock}
      name={plant.name}
      value={intl.formatTime(now, { format: 'medium' })}
      tone="quiet"
    >
      <Facts>
        <Fact name={text('status.plant.date')}>{intl.formatDate(now, { dateStyle: 'full' })}</Fact>
        <Fact name={text('status.plant.zone')}>{plant.timeZone.replaceAll('_', ' ')}</Fact>
      </Facts>
    </Segment>
  );
}
