/** All versions side by side with their figures: which to show, which to lay behind it as ghosts. */
import { Button, Checkbox } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { Badge } from '../../../ui/badges.tsx';
import { Loading } from '../../../ui/blocks.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { useText } from '../../../ui/messages.ts';
import { FigureList } from './figures.tsx';
import type { Versions } from './use-versions.ts';

/** Plans of long ago are in the records; here the last few are enough to compare with. */
const mostArchived = 5;

export function Scenarios({ versions }: { readonly versions: Versions }) {
  const text = useText();
  const { query, all, holding, shown, compared } = versions;
  if (query.isPending) return <Loading rows={4} height={110} />;
  const archived = all.filter(({ status }) => status === 'archived').slice(0, mostArchived);
  const listed = [...all.filter(({ status }) => status !== 'archived'), ...archived];
  return (
    <div className="lanes-scenarios">
      {query.error && <ErrorNotice error={query.error} onRetry={() => query.refetch()} compact />}
      {listed.length === 0 && <p className="lw-dim">{text('lanes.scenario.none')}</p>}
      {listed.map((version) => {
        const here = version.id === shown?.id || (shown === null && version.id === holding?.id);
        const name = version.name || text('lanes.version.draft', { number: version.number });
        return (
          <section key={version.id} aria-label={name} data-here={here || undefined}>
            <header>
              <h2>{name}</h2>
              <span className="lw-dim">{text('lanes.scenario.number', { number: version.number })}</span>
              <Badge
                tone={version.status === 'published' ? 'good' : version.status === 'draft' ? 'info' : 'quiet'}
              >
                {text(`lanes.scenario.${version.status}`)}
              </Badge>
            </header>
            <FigureList
              figures={version.figures}
              beside={version.id === holding?.id ? null : holding?.figures}
            />
            <div className="lanes-scenario-actions">
              {version.status !== 'archived' && (
                <Button
                  size="xs"
                  variant="default"
                  disabled={here}
                  leftSection={<IconEye aria-hidden size={14} />}
                  aria-label={text('lanes.scenario.show-one', { name })}
                  onClick={() => versions.show(version.status === 'draft' ? version.id : null)}
                >
                  {text('lanes.scenario.show')}
                </Button>
              )}
              {!here && (
                <Checkbox
                  size="xs"
                  label={text('lanes.scenario.compare')}
                  aria-label={text('lanes.scenario.compare-one', { name })}
                  checked={compared?.id === version.id}
                  onChange={(event) => versions.compare(event.currentTarget.checked ? version.id : null)}
                />
              )}
            </div>
          </section>
        );
      })}
    </div>
  );
}
