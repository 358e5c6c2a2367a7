import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconSelector } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import { useText } from '../ui/messages.ts';
import { useSession } from '../ui/session.ts';
import { useNow } from '../ui/time.tsx';

export function PlantSwitcher() {
  const text = useText();
  const intl = useIntl();
  const now = useNow(1_000);
  const { plant, identity, choosePlant } = useSession();
  const timeIn = (timeZone: string) =>
    intl.formatTime(now, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (
    <Menu position="bottom-start" width={320}>
      <Menu.Target>
        <UnstyledButton className="lw-plant" aria-label={text('app.plant-switch', { plant: plant.name })}>
          <span className="lw-plant-name">{plant.name}</span>
          <span className="lw-plant-time">{timeIn(plant.timeZone)}</span>
          <IconSelector aria-hidden size={16} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown aria-label={text('app.plants')}>
        {identity.plants.map((each) => (
          <Menu.Item
            key={each.id}
            onClick={() => choosePlant(each.id)}
            leftSection={
              each.id === plant.id ? <IconCheck aria-hidden size={16} /> : <span className="lw-menu-gap" />
            }
            rightSection={<span className="lw-plant-time">{timeIn(each.timeZone)}</span>}
            aria-current={each.id === plant.id ? 'true' : undefined}
          >
            {each.name}
            <span className="lw-menu-detail">
              {each.timeZone.replaceAll('_', ' ')}
              {each.mayWrite ? '' : ` · ${text('app.read-only')}`}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
