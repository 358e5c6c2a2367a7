/** What stands beside the board: what waits, the scenarios, what a lane does next, the operation at hand. */
import type { ReactNode } from 'react';
import { Tabs } from '@mantine/core';
import { useText } from '../../../ui/messages.ts';

export const sideTabs = ['unscheduled', 'scenarios', 'dispatch'] as const;
export type SideTab = (typeof sideTabs)[number];

const stepPx = 24;

export function Side({
  label,
  tab,
  onTab,
  width,
  onWidth,
  front,
  children,
}: {
  readonly label: string;
  readonly tab: SideTab;
  readonly onTab: (tab: SideTab) => void;
  /** CSS pixels. */
  readonly width: number;
  readonly onWidth: (width: number) => void;
  /** What is in front of the tabs, an operation or a run of the solver; null: the tabs. */
  readonly front: ReactNode;
  readonly children: Readonly<Record<SideTab, ReactNode>>;
}) {
  const text = useText();
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- WAI-ARIA's window splitter is a focusable separator. */}
      <div
        className="lanes-splitter"
        role="separator"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={text('lanes.side-width')}
        aria-valuenow={Math.round(width)}
        aria-valuemin={280}
        aria-valuemax={900}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => {
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
          onWidth(clamp(window.innerWidth - event.clientX));
        }}
        onKeyDown={({ key }) => {
          if (key === 'ArrowLeft') onWidth(clamp(width + stepPx));
          if (key === 'ArrowRight') onWidth(clamp(width - stepPx));
        }}
      />
      <aside className="lanes-side" aria-label={label}>
        {front ?? (
          <Tabs
            className="lanes-tabs"
            value={tab}
            keepMounted={false}
            onChange={(chosen) => onTab(sideTabs.find((each) => each === chosen) ?? 'unscheduled')}
          >
            <Tabs.List grow aria-label={text('lanes.side')}>
              {sideTabs.map((each) => (
                <Tabs.Tab key={each} value={each}>
                  {text(`lanes.${each}`)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {sideTabs.map((each) => (
              <Tabs.Panel key={each} value={each} className="lanes-tab">
                {children[each]}
              </Tabs.Panel>
            ))}
          </Tabs>
        )}
      </aside>
    </>
  );
}

function clamp(width: number): number {
  return Math.max(280, Math.min(900, width));
}
