/** What an operation needs and what happened to it: components with their stock, documents, people, its last changes. */
import { IconFileText, IconUser } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import { useCoreQuery } from '../../../client/hooks.ts';
import { Loading } from '../../../ui/blocks.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { textOfKey, useText } from '../../../ui/messages.ts';
import { useInstantText } from '../../../ui/time.tsx';

export function OperationContext({ operationId }: { readonly operationId: string }) {
  const text = useText();
  const intl = useIntl();
  const instant = useInstantText();
  const context = useCoreQuery('schedules.context', { operationId });
  if (context.isPending) return <Loading rows={2} />;
  if (context.error) {
    return <ErrorNotice error={context.error} onRetry={() => context.refetch()} compact />;
  }
  const { components, documents, people, history } = context.data;
  return (
    <>
      {components.length > 0 && (
        <section className="lanes-section">
          <h3>{text('lanes.context.components')}</h3>
          <ul>
            {components.map((component) => (
              <li key={component.code} data-short={component.available < component.needed || undefined}>
                <span>
                  {component.name} <span className="lw-dim">{component.code}</span>
                </span>
                <span>
                  {text('lanes.context.stock', {
                    needed: intl.formatNumber(component.needed),
                    available: intl.formatNumber(component.available),
                    unit: component.unit,
                  })}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {documents.length > 0 && (
        <section className="lanes-section">
          <h3>{text('lanes.context.documents')}</h3>
          <ul>
            {documents.map((document) => (
              <li key={document.id}>
                <span>
                  <IconFileText aria-hidden size={14} /> {document.name}
                </span>
                <span className="lw-dim">{document.revision}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {people.length > 0 && (
        <section className="lanes-section">
          <h3>{text('lanes.context.people')}</h3>
          <ul>
            {people.map((person) => (
              <li key={`${person.name} ${person.role}`}>
                <span>
                  <IconUser aria-hidden size={14} /> {person.name}
                </span>
                <span className="lw-dim">{person.role}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="lanes-section">
        <h3>{text('lanes.context.history')}</h3>
        {history.length === 0 && <p className="lw-dim">{text('lanes.context.no-history')}</p>}
        <ul>
          {history.map((entry) => (
            <li key={`${entry.at} ${entry.what}`}>
              <span>{textOfKey(intl, entry.what, entry.values, ['history.'], 'lanes.context.changed')}</span>
              <span className="lw-dim">
                {instant(entry.at)}
                {entry.person && ` · ${entry.person}`}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
