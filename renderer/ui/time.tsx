import { useCallback, useEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import { useText } from './messages.ts';

/** The present, epoch ms, renewed every `intervalMs` on the full interval. */
export function useNow(intervalMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      setNow(Date.now());
      timer = setTimeout(tick, intervalMs - (Date.now() % intervalMs));
    };
    timer = setTimeout(tick, intervalMs - (Date.now() % intervalMs));
    return () => clearTimeout(timer);
  }, [intervalMs]);
  return now;
}

/** Gives a function that says a duration in two units at most: `12 s`, `3 min`, `2 h 05 min`, `4 d 3 h`. */
export function useDurationText(): (durationMs: number) => string {
  const text = useText();
  return useCallback(
    (durationMs) => {
      const seconds = Math.max(0, Math.round(durationMs / 1000));
      if (seconds < 60) return text('app.duration.seconds', { seconds });
      const minutes = Math.floor(seconds / 60);
      if (minutes < 60) return text('app.duration.minutes', { minutes });
      const hours = Math.floor(minutes / 60);
      if (hours < 24) {
        return text('app.duration.hours', { hours, minutes: String(minutes % 60).padStart(2, '0') });
      }
      return text('app.duration.days', { days: Math.floor(hours / 24), hours: hours % 24 });
    },
    [text],
  );
}

/** Gives a function that says an instant in the plant's time: the time alone today, with its day otherwise. */
export function useInstantText(): (at: number) => string {
  const intl = useIntl();
  return useCallback(
    (at) => {
      const day = (instant: number) => intl.formatDate(instant, { format: 'long' });
      const time = intl.formatTime(at, { format: 'short' });
      return day(at) === day(Date.now()) ? time : `${intl.formatDate(at, { format: 'short' })} ${time}`;
    },
    [intl],
  );
}
