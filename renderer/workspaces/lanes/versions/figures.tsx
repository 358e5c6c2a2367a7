/** How good a schedule is, beside the one that holds. */
import { useIntl } from 'react-intl';
import type { ScheduleFigures } from '#contract/schedules';
import { useText } from '../../../ui/messages.ts';
import type { MessageKey } from '../../../ui/messages.ts';
import { useDurationText } from '../../../ui/time.tsx';
import { differenceOf } from './figure-difference.ts';
import type { FigureName } from './figure-difference.ts';

/** In the order in which planners ask. `better`: which way is good; load is neither. */
const shown: readonly { readonly name: FigureName; readonly better: 'less' | 'neither' }[] = [
  { name: 'lateOrders', better: 'less' },
  { name: 'tardinessS', better: 'less' },
  { name: 'setupS', better: 'less' },
  { name: 'changes', better: 'neither' },
  { name: 'unscheduled', better: 'less' },
  { name: 'loadRatio', better: 'neither' },
];

export function useFigureText(): (name: FigureName, value: number) => string {
  const intl = useIntl();
  const duration = useDurationText();
  return (name, value) => {
    if (name === 'tardinessS' || name === 'setupS') return duration(value * 1000);
    if (name === 'loadRatio') {
      return intl.formatNumber(value, { style: 'percent', maximumFractionDigits: 0 });
    }
    return intl.formatNumber(value);
  };
}

/** @param beside the schedule to compare with: each figure says how far it is from that one's. */
export function FigureList({
  figures,
  beside,
}: {
  readonly figures: ScheduleFigures;
  readonly beside?: ScheduleFigures | null | undefined;
}) {
  const text = useText();
  const say = useFigureText();
  return (
    <dl className="lanes-figures">
      {shown.map(({ name, better }) => {
        const value = figures[name];
        const difference = beside ? differenceOf(name, value, beside[name]) : 0;
        const tone = difference === 0 || better === 'neither' ? 'quiet' : difference < 0 ? 'good' : 'bad';
        return (
          <div key={name}>
            <dt>{text(`lanes.figure.${name}` satisfies MessageKey)}</dt>
            <dd>
              {say(name, value)}
              {difference !== 0 && (
                <span className="lanes-difference" data-tone={tone}>
                  {difference < 0 ? '−' : '+'}
                  {say(name, Math.abs(difference))}
                </span>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
