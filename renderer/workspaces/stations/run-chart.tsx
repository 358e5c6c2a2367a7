import { useIntl } from 'react-intl';
import type { Characteristic } from '#contract/stations';
import { useText } from '../../ui/messages.ts';

const width = 300;
const height = 84;
const pad = { left: 6, right: 10, top: 8, bottom: 8 };

/** The last values between their limits, and the one about to be saved as a ring. Outside ones are squares. */
export function RunChart({
  characteristic,
  candidate,
}: {
  readonly characteristic: Characteristic;
  readonly candidate: number | null;
}) {
  const text = useText();
  const intl = useIntl();
  const { recent, lowerLimit, upperLimit, nominal, name, unit } = characteristic;
  const values = recent.map((each) => each.value);
  const all = [...values, ...[lowerLimit, upperLimit, nominal].filter((each) => each !== null)];
  if (all.length === 0 && candidate !== null) all.push(candidate);
  if (values.length === 0 && candidate === null) {
    return <p className="stations-chart lw-dim">{text('stations.no-values')}</p>;
  }
  const least = Math.min(...all);
  const most = Math.max(...all);
  const extent = most - least || Math.abs(most) || 1;
  // A slip of the decimal mark must not flatten the rest: it stands at the edge, outside.
  const low = least - extent * (candidate !== null && candidate < least ? 0.45 : 0.08);
  const high = most + extent * (candidate !== null && candidate > most ? 0.45 : 0.08);
  const y = (value: number) =>
    pad.top +
    (1 - (Math.min(high, Math.max(low, value)) - low) / (high - low)) * (height - pad.top - pad.bottom);
  const slots = Math.max(8, values.length + (candidate === null ? 0 : 1));
  const x = (index: number) => pad.left + ((index + 0.5) / slots) * (width - pad.left - pad.right);
  const outside = recent.filter((each) => !each.inside).length;

  return (
    <svg
      className="stations-chart"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={text('stations.chart', {
        name,
        count: values.length,
        outside,
        last: values.length > 0 ? `${intl.formatNumber(values.at(-1) ?? 0)} ${unit}` : '',
      })}
    >
      {lowerLimit !== null && upperLimit !== null && (
        <rect
          className="stations-chart-band"
          x={0}
          width={width}
          y={y(upperLimit)}
          height={Math.max(0, y(lowerLimit) - y(upperLimit))}
        />
      )}
      {[lowerLimit, upperLimit].map(
        (limit) =>
          limit !== null && (
            <line
              key={limit}
              className="stations-chart-limit"
              x1={0}
              x2={width}
              y1={y(limit)}
              y2={y(limit)}
            />
          ),
      )}
      {nominal !== null && (
        <line className="stations-chart-nominal" x1={0} x2={width} y1={y(nominal)} y2={y(nominal)} />
      )}
      <polyline
        className="stations-chart-line"
        points={values.map((value, index) => `${x(index)},${y(value)}`).join(' ')}
      />
      {recent.map((each, index) =>
        each.inside ? (
          <circle key={each.at} className="stations-chart-point" cx={x(index)} cy={y(each.value)} r={3} />
        ) : (
          <rect
            key={each.at}
            className="stations-chart-outside"
            x={x(index) - 4}
            y={y(each.value) - 4}
            width={8}
            height={8}
          />
        ),
      )}
      {candidate !== null && (
        <circle className="stations-chart-candidate" cx={x(values.length)} cy={y(candidate)} r={5} />
      )}
    </svg>
  );
}
