/** What the board shows and how, and what leaves it: colours, helpers around it, pictures and paper. */
import { useState } from 'react';
import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import {
  IconAdjustments,
  IconCheck,
  IconClipboard,
  IconPhotoDown,
  IconPrinter,
  IconTool,
} from '@tabler/icons-react';
import { pushModes } from '#domain/scheduling/consequences/types';
import { useText } from '../../ui/messages.ts';
import { colourModes } from './board/layers.ts';
import { densities } from './view-settings.ts';
import type { ViewSettings } from './view-settings.ts';

export function ViewMenu({
  settings,
  onBreakdowns,
  onChange,
  onCopy,
  onSave,
  onPrint,
}: {
  readonly settings: ViewSettings;
  /** Asks for what holds for the whole plant; null: not for changing. */
  readonly onBreakdowns: (() => void) | null;
  readonly onChange: (change: Partial<ViewSettings>) => void;
  readonly onCopy: () => void;
  readonly onSave: () => void;
  readonly onPrint: () => void;
}) {
  const text = useText();
  const [opened, setOpened] = useState(false);
  /** One of several; the menu stays open, so that one sees on the board what a choice does. */
  const choices = <Value extends string>(
    title: string,
    chosen: Value,
    all: readonly Value[],
    nameOf: (value: Value) => string,
    choose: (value: Value) => void,
  ) => (
    <>
      <Menu.Label aria-hidden>{title}</Menu.Label>
      <Menu.RadioGroup
        aria-label={title}
        value={chosen}
        onChange={(value) => {
          const wanted = all.find((each) => each === value);
          if (wanted !== undefined) choose(wanted);
        }}
      >
        {all.map((each) => (
          <Menu.RadioItem key={each} value={each}>
            {nameOf(each)}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
  const toggle = (name: 'showLoad' | 'showMiniMap' | 'showLegend') => (
    <Menu.CheckboxItem checked={settings[name]} onChange={(checked) => onChange({ [name]: checked })}>
      {text(`lanes.view.${name}`)}
    </Menu.CheckboxItem>
  );
  return (
    <Menu
      position="bottom-end"
      width={290}
      opened={opened}
      onChange={setOpened}
      checkIcon={<IconCheck aria-hidden size={15} />}
      classNames={{ item: 'lanes-view-item', label: 'lanes-view-label' }}
    >
      <Tooltip label={text('lanes.view')} disabled={opened}>
        <Menu.Target>
          <ActionIcon size={36} variant="default" aria-label={text('lanes.view')}>
            <IconAdjustments aria-hidden size={18} />
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown className="lanes-view-menu">
        {choices(
          text('lanes.colour-by'),
          settings.colourBy,
          colourModes,
          (mode) => text(`lanes.colour-by.${mode}`),
          (colourBy) => onChange({ colourBy }),
        )}
        {choices(
          text('lanes.density'),
          settings.density,
          densities,
          (density) => text(`lanes.density.${density}`),
          (density) => onChange({ density }),
        )}
        {choices(
          text('lanes.push'),
          settings.pushMode,
          pushModes,
          (mode) => text(`lanes.push.${mode}`),
          (pushMode) => onChange({ pushMode }),
        )}
        <Menu.Divider />
        {toggle('showLoad')}
        {toggle('showMiniMap')}
        {toggle('showLegend')}
        <Menu.Divider />
        {onBreakdowns && (
          <Menu.Item leftSection={<IconTool aria-hidden size={15} />} onClick={onBreakdowns}>
            {text('lanes.breakdowns.open')}
          </Menu.Item>
        )}
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
