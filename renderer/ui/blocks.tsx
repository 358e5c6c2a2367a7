/** What every workspace is made of: its head, its empty and loading states, how old its answer is. */
import type { ComponentType, ReactNode } from 'react';
import { Skeleton, Tooltip } from '@mantine/core';
import { IconCloudOff, IconDatabase } from '@tabler/icons-react';
import type { Freshness } from '#contract/common';
import { useText } from './messages.ts';
import { useDurationText, useNow } from './time.tsx';

export function WorkspaceHead({
  title,
  children,
  freshness,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly freshness?: Freshness | undefined;
}) {
  return (
    <header className="lw-head">
      <h1>{title}</h1>
      {freshness && <FreshnessTag freshness={freshness} />}
      <div className="lw-head-actions">{children}</div>
    </header>
  );
}

/** Says so when an answer comes from the cache, and how old it is. Fresh answers need no words. */
export function FreshnessTag({ freshness }: { readonly freshness: Freshness }) {
  const text = useText();
  const now = useNow(5_000);
  const duration = useDurationText();
  if (freshness.source === 'database') return null;
  return (
    <Tooltip label={text('app.from-cache-detail')} multiline w={280}>
      <output className="lw-tag" data-tone="warn">
        <IconCloudOff aria-hidden size={15} />
        {text('app.from-cache', { age: duration(now - freshness.asOf) })}
      </output>
    </Tooltip>
  );
}

export function EmptyState({
  icon: Icon = IconDatabase,
  title,
  children,
}: {
  readonly icon?: ComponentType<{ size?: number; 'aria-hidden'?: boolean; stroke?: number }>;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="lw-empty">
      <Icon aria-hidden size={36} stroke={1.4} />
      <p className="lw-empty-title">{title}</p>
      {children && <div className="lw-empty-body">{children}</div>}
    </div>
  );
}

/** Grey shapes in the place of what is coming. */
export function Loading({
  rows = 6,
  height = 44,
  columns = 1,
}: {
  readonly rows?: number;
  readonly height?: number;
  readonly columns?: number;
}) {
  const text = useText();
  return (
    <output className="lw-loading" style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
      <span className="lw-visually-hidden">{text('app.loading')}</span>
      {Array.from({ length: rows * columns }, (_, index) => (
        <Skeleton key={index} height={height} radius="sm" aria-hidden />
      ))}
    </output>
  );
}

/** A name and its value, as in a data sheet. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="lw-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="lw-facts">{children}</dl>;
}
