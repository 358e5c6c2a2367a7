/** Which schedule is on the board, and what can be done with it: drafts are tried, one plan holds. */
import { useState } from 'react';
import { ActionIcon, Button, Menu, NativeSelect } from '@mantine/core';
import {
  IconChevronDown,
  IconCopyPlus,
  IconGhost2,
  IconPencil,
  IconRocket,
  IconSparkles,
  IconTrash,
  IconX,
} from '@tabler/icons-react';
import type { ScheduleVersion } from '#contract/schedules';
import { Badge } from '../../../ui/badges.tsx';
import { useText } from '../../../ui/messages.ts';
import { useInstantText } from '../../../ui/time.tsx';
import { NameDialog } from './name-dialog.tsx';
import type { Versions } from './use-versions.ts';

type Asked = 'create' | 'rename' | 'discard' | null;

export function VersionBar({
  versions,
  readOnly,
  solving,
  onSolve,
  onPublish,
}: {
  readonly versions: Versions;
  readonly readOnly: boolean;
  readonly solving: boolean;
  readonly onSolve: () => void;
  readonly onPublish: () => void;
}) {
  const text = useText();
  const instant = useInstantText();
  const [asked, setAsked] = useState<Asked>(null);
  const { shown, holding, compared, all } = versions;
  const drafts = all.filter(({ status }) => status === 'draft');
  const close = () => setAsked(null);
  return (
    <div className="lanes-version" role="toolbar" aria-label={text('lanes.version')}>
      <NativeSelect
        size="xs"
        aria-label={text('lanes.version.shown')}
        value={shown?.id ?? ''}
        data={[
          {
            value: '',
            label: holding
              ? text('lanes.version.holding', { number: holding.number })
              : text('lanes.version.live'),
          },
          ...drafts.map((draft) => ({
            value: draft.id,
            label: nameOf(text('lanes.version.draft', { number: draft.number }), draft),
          })),
        ]}
        onChange={(event) => versions.show(event.currentTarget.value || null)}
      />
      {shown ? (
        <Badge tone="info">{text(solving ? 'lanes.solving-preview' : 'lanes.version.is-draft')}</Badge>
      ) : (
        holding?.publishedAt && (
          <span className="lw-dim">
            {text('lanes.version.published', {
              at: instant(holding.publishedAt),
              person: holding.publishedBy ?? '',
            })}
          </span>
        )
      )}
      {compared && (
        <span className="lanes-behind">
          <IconGhost2 aria-hidden size={15} />
          {text('lanes.version.behind', { name: nameOf('', compared) })}
          <ActionIcon
            size={24}
            variant="subtle"
            aria-label={text('lanes.version.behind-off')}
            onClick={() => versions.compare(null)}
          >
            <IconX aria-hidden size={14} />
          </ActionIcon>
        </span>
      )}
      <span className="lanes-version-space" />
      {!readOnly && (
        <>
          <Button
            size="xs"
            variant={shown ? 'default' : 'filled'}
            leftSection={<IconCopyPlus aria-hidden size={15} />}
            loading={versions.creating}
            onClick={() => setAsked('create')}
          >
            {text('lanes.version.new-draft')}
          </Button>
          {shown && (
            <>
              <Button
                size="xs"
                variant={solving ? 'light' : 'default'}
                leftSection={<IconSparkles aria-hidden size={15} />}
                onClick={onSolve}
              >
                {text(solving ? 'lanes.solve.running' : 'lanes.solve')}
              </Button>
              <Button
                size="xs"
                leftSection={<IconRocket aria-hidden size={15} />}
                disabled={solving}
                onClick={onPublish}
              >
                {text('lanes.publish')}
              </Button>
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button
                    size="xs"
                    variant="default"
                    rightSection={<IconChevronDown aria-hidden size={14} />}
                  >
                    {text('lanes.version.more')}
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item
                    leftSection={<IconPencil aria-hidden size={15} />}
                    onClick={() => setAsked('rename')}
                  >
                    {text('lanes.version.rename')}
                  </Menu.Item>
                  <Menu.Item
                    leftSection={<IconTrash aria-hidden size={15} />}
                    color="red"
                    disabled={solving}
                    onClick={() => setAsked('discard')}
                  >
                    {text('lanes.version.discard')}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </>
          )}
        </>
      )}
      {asked === 'create' && (
        <NameDialog
          title={text('lanes.version.new-draft')}
          lead={text(shown ? 'lanes.version.copy-of-draft' : 'lanes.version.copy-of-plan')}
          action={text('lanes.version.create')}
          initial={text('lanes.version.default-name')}
          onClose={close}
          onName={(name) => {
            close();
            // What failed is told by the mutation.
            versions.create(name, shown?.id ?? null).catch(() => {});
          }}
        />
      )}
      {asked === 'rename' && shown && (
        <NameDialog
          title={text('lanes.version.rename')}
          action={text('lanes.version.rename')}
          initial={shown.name}
          onClose={close}
          onName={(name) => {
            close();
            versions.rename(shown, name);
          }}
        />
      )}
      {asked === 'discard' && shown && (
        <NameDialog
          title={text('lanes.version.discard-title', { name: nameOf('', shown) })}
          lead={text('lanes.version.discard-detail')}
          action={text('lanes.version.discard')}
          danger
          onClose={close}
          onName={() => {
            close();
            versions.discard(shown);
          }}
        />
      )}
    </div>
  );
}

function nameOf(number: string, version: ScheduleVersion): string {
  return [number, version.name].filter(Boolean).join(' · ');
}
