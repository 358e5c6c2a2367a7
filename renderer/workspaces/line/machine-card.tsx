import { memo } from 'react';
import { UnstyledButton } from '@mantine/core';
import { IconAntennaBarsOff, IconAntennaBars5, IconAntennaBars2 } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { MachineTile } from '#contract/line';
import { MachineBadge, machineTone } from '../../ui/badges.tsx';
import { useText } from '../../ui/messages.ts';
import { useDurationText, useNow } from '../../ui/time.tsx';

const qualityIcon = { good: IconAntennaBars5, uncertain: IconAntennaBars2, bad: IconAntennaBarsOff } as const;

export const MachineCard = memo(function MachineCard({
  tile,
  onOpen,
}: {
  readonly tile: MachineTile;
  readonly onOpen: () => void;
}) {
  const text = useText();
  const intl = useIntl();
  return (
    <UnstyledButton
      className="line-card"
      data-tone={machineTone(tile.state)}
      aria-label={text('line.card', {
        machine: tile.name,
        code: tile.code,
        state: text(`line.state.${tile.state}`),
      })}
      onClick={onOpen}
    >
      <span className="line-card-head">
        <span className="line-card-name">{tile.name}</span>
        <span className="lw-dim">{tile.code}</span>
      </span>
      <span className="line-card-state">
        <MachineBadge state={tile.state} />
        <Since at={tile.stateSince} />
      </span>
      {tile.faultCode && <span className="line-fault">{text('line.fault', { fault: tile.faultCode })}</span>}
      <span className="line-counts">
        <span>
          <strong>{intl.formatNumber(tile.goodCount)}</strong> {text('line.good')}
        </span>
        <span>
          <strong>{intl.formatNumber(tile.rejectCount)}</strong> {text('line.reject')}
        </span>
      </span>
      <span className="line-operation">
        {tile.operationCode ? (
          <>
            <span>{tile.operationCode}</span>
            {tile.progress !== null && (
              <>
                <span className="lw-meter" aria-hidden>
                  <span style={{ width: `${Math.round(tile.progress * 100)}%` }} />
                </span>
                <span>{intl.formatNumber(tile.progress, { style: 'percent' })}</span>
              </>
            )}
          </>
        ) : (
          <span className="lw-dim">{text('line.no-operation')}</span>
        )}
      </span>
      <Quality tile={tile} />
    </UnstyledButton>
  );
});

function Since({ at }: { readonly at: number }) {
  const text = useText();
  const duration = useDurationText();
  const now = useNow(5_000);
  return <span className="lw-dim">{text('line.since', { duration: duration(now - at) })}</span>;
}

/** How good the value is and how old. OPC-UA tells changes only: an old value of good quality still holds. */
function Quality({ tile }: { readonly tile: MachineTile }) {
  const text = useText();
  const duration = useDurationText();
  const now = useNow(2_000);
  const ageMs = tile.sourceAt === null ? null : now - tile.sourceAt;
  const Icon = qualityIcon[tile.quality];
  return (
    <span
      className="line-quality"
      data-tone={
        tile.quality === 'bad' ? 'bad' : tile.quality === 'uncertain' || ageMs === null ? 'warn' : 'quiet'
      }
    >
      <Icon aria-hidden size={15} />
      {text(`line.quality.${tile.quality}`)} ·{' '}
      {ageMs === null ? text('line.never') : text('line.age', { duration: duration(ageMs) })}
    </span>
  );
}
