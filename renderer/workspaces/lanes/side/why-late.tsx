/** Why a work order ends when it does: the chain that binds, from its end back to its release. */
import { useIntl } from 'react-intl';
import type { WhyLateStep } from '#contract/schedules';
import { useCoreQuery } from '../../../client/hooks.ts';
import { Loading } from '../../../ui/blocks.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { textOfKey, useText } from '../../../ui/messages.ts';
import { useDurationText, useInstantText } from '../../../ui/time.tsx';

export function WhyLate({
  workOrderId,
  versionId,
  laneName,
  onShow,
}: {
  readonly workOrderId: string;
  readonly versionId: string | null;
  readonly laneName: (laneId: string) => string;
  readonly onShow: (operationId: string) => void;
}) {
  const text = useText();
  const chain = useCoreQuery('schedules.whyLate', { versionId, workOrderId }, { staleMs: 0 });
  if (chain.isPending) return <Loading rows={3} />;
  if (chain.error) return <ErrorNotice error={chain.error} onRetry={() => chain.refetch()} compact />;
  if (chain.data.length === 0) return <p className="lw-dim">{text('lanes.why.nothing')}</p>;
  return (
    <ol className="lanes-chain">
      {chain.data.map((step) => (
        <Step key={step.operationId} {...{ step, laneName, onShow }} />
      ))}
    </ol>
  );
}

function Step({
  step,
  laneName,
  onShow,
}: {
  readonly step: WhyLateStep;
  readonly laneName: (laneId: string) => string;
  readonly onShow: (operationId: string) => void;
}) {
  const text = useText();
  const intl = useIntl();
  const duration = useDurationText();
  const instant = useInstantText();
  const { byOperationId } = step;
  return (
    <li data-cause={step.cause}>
      <button type="button" className="lanes-link" onClick={() => onShow(step.operationId)}>
        {step.code}
      </button>
      <span className="lw-dim">
        {text('lanes.why.when', {
          lane: laneName(step.laneId),
          from: instant(step.startsAt),
          to: instant(step.endsAt),
        })}
      </span>
      <p>
        {textOfKey(intl, step.cause, step.values, ['why-late.'], 'lanes.why.unknown')}
        {step.waitedS > 0 && (
          <span className="lanes-waited">
            {text('lanes.why.waited', { time: duration(step.waitedS * 1000) })}
          </span>
        )}
      </p>
      {byOperationId && (
        <button type="button" className="lanes-link lanes-link-small" onClick={() => onShow(byOperationId)}>
          {text(step.cause === 'choice' ? 'lanes.why.show-before' : 'lanes.why.show-cause')}
        </button>
      )}
    </li>
  );
}
