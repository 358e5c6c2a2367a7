/** For those who keep the plant's software running. */
import './admin.css';
import { Tabs } from '@mantine/core';
import {
  IconAddressBook,
  IconDatabaseSearch,
  IconInbox,
  IconInfoCircle,
  IconListDetails,
  IconStack2,
  IconRobot,
  IconUsers,
} from '@tabler/icons-react';
import { useLocation, useRoute } from 'wouter';
import { WorkspaceHead } from '../../ui/blocks.tsx';
import { useText } from '../../ui/messages.ts';
import { useSession } from '../../ui/session.ts';
import { About } from './about.tsx';
import { Commands } from './commands.tsx';
import { Contacts } from './contacts/contacts.tsx';
import { Data } from './data.tsx';
import { Jobs } from './jobs.tsx';
import { Logs } from './logs.tsx';
import { People } from './people/people.tsx';
import { Simulators } from './simulators.tsx';

const tabs = [
  { id: 'commands', icon: IconInbox, screen: Commands },
  { id: 'jobs', icon: IconStack2, screen: Jobs },
  { id: 'people', icon: IconUsers, screen: People },
  { id: 'contacts', icon: IconAddressBook, screen: Contacts },
  { id: 'logs', icon: IconListDetails, screen: Logs },
  { id: 'data', icon: IconDatabaseSearch, screen: Data },
  { id: 'simulators', icon: IconRobot, screen: Simulators },
  { id: 'about', icon: IconInfoCircle, screen: About },
] as const;

export function Admin() {
  const text = useText();
  const { may } = useSession();
  const [, navigate] = useLocation();
  const [, parameters] = useRoute('/admin/:tab');
  const shown = tabs.filter((tab) => tab.id !== 'simulators' || may('simulators:drive'));
  const here = shown.find((tab) => tab.id === parameters?.tab)?.id ?? 'commands';
  return (
    <>
      <WorkspaceHead title={text('app.workspace.admin')} />
      <Tabs
        className="admin"
        value={here}
        onChange={(value) => navigate(`/admin/${value ?? 'commands'}`)}
        keepMounted={false}
      >
        <Tabs.List aria-label={text('admin.tabs')}>
          {shown.map((tab) => (
            <Tabs.Tab key={tab.id} value={tab.id} leftSection={<tab.icon aria-hidden size={16} />}>
              {text(`admin.tab.${tab.id}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {shown.map((tab) => {
          const Screen = tab.screen;
          return (
            <Tabs.Panel key={tab.id} value={tab.id} className="admin-panel">
              <Screen />
            </Tabs.Panel>
          );
        })}
      </Tabs>
    </>
  );
}
