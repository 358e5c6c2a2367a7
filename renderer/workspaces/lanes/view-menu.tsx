/** What the board shows and how, and what leaves it: colours, helpers around it, pictures and paper. */
import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconAdjustments, IconCheck, IconClipboard, IconPhotoDown, IconPrinter } from '@tabler/icons-react';
import { pushModes } from '#domain/scheduling/consequences/types';
import { useText } from '../../ui/messages.ts';
import { colourModes } from './board/layers.ts';
import { densities } from './view-settings.ts';
import type { ViewSettings } from './view-settings.ts';

export function ViewMenu({
  settings,
  onChange,
  onCopy,
  onSave,
  onPrint,
}: {
  readonly settings: ViewSettings;
  readonly onChange: (change: Partial<ViewSettings>) => void;
  readonly onCopy: () => void;
  readonly onSave: () => void;
  readonly onPrint: () => void;
}) {
  const text = useText();
  const mark = (chosen: boolean) =>
    chosen ? <IconCheck aria-hidden size={15} /> : <span className="lanes-no-mark" />;
  const choice = (chosen: boolean, label: string, change: Partial<ViewSettings>) => (
    <Menu.Item
      key={label}
      role="menuitemradio"
      aria-checked={chosen}
      leftSection={mark(chosen)}
      onClick={() => onChange(change)}
    >
      {label}
    </Menu.Item>
  );
  const toggle = (name: 'showLoad' | 'showMiniMap' | 'showLegend') => (
    <Menu.Item
      role="menuitemcheckbox"
      aria-checked={settings[name]}
      leftSection={mark(settings[name])}
      closeMenuOnClick={false}
      onClick={() => onChange({ [name]: !settings[name] })}
    >
      {text(`lanes.view.${name}`)}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-end" width={260}>
      <Tooltip label={text('lanes.view')}>
        <Menu.Target>
          <ActionIcon size={36} variant="default" aria-label={text('lanes.view')}>
            <IconAdjustments aria-hidden size={18} />
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown className="lanes-view-menu">
        <Menu.Label>{text('lanes.colour-by')}</Menu.Label>
        {colourModes.map((mode) =>
          choice(settings.colourBy === mode, text(`lanes.colour-by.${mode}`), { colourBy: mode }),
        )}
        <Menu.Label>{text('lanes.density')}</Menu.Label>
        {densities.map((density) =>
          choice(settings.density === density, text(`lanes.density.${density}`), { density }),
        )}
        <Menu.Label>{text('lanes.push')}</Menu.Label>
        {pushModes.map((pushMode) =>
          choice(settings.pushMode === pushMode, text(`lanes.push.${pushMode}`), { pushMode }),
        )}
        <Menu.Divider />
        {toggle('showLoad')}
        {toggle('showMiniMap')}
        {toggle('showLegend')}
        <Menu.Divider />
        <Menu.Item leftSection={<IconClipboard aria-hidden size={15} />} onClick={onCopy}>
          {text('lanes.image.copy')}
        </Menu.Item>
        <Menu.Item leftSection={<IconPhotoDown aria-hidden size={15} />} onClick={onSave}>
          {text('lanes.image.save')}
        </Menu.Item>
        <Menu.Item leftSection={<IconPrinter aria-hidden size={15} />} onClick={onPrint}>
          {text('lanes.image.print')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
