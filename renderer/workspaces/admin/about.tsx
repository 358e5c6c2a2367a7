import { useFeed } from '../../client/feed.ts';
import { Fact, Facts } from '../../ui/blocks.tsx';
import { useText } from '../../ui/messages.ts';

export function About() {
  const text = useText();
  const status = useFeed((feed) => feed.status);
  const shell = window.lanewright;
  return (
    <div className="lw-page">
      <section className="lw-panel admin-about">
        <h2>{text('app.name')}</h2>
        <p className="lw-dim">{text('app.tagline')}</p>
        <Facts>
          <Fact name={text('admin.about.version')}>{status?.version ?? '–'}</Fact>
          <Fact name={text('admin.about.station')}>
            {status ? `${status.station.name} (${status.station.code})` : '–'}
          </Fact>
          <Fact name={text('admin.about.host')}>
            {shell ? text('admin.about.desktop', { platform: shell.platform }) : text('admin.about.browser')}
          </Fact>
          <Fact name={text('admin.about.licence')}>Apache-2.0</Fact>
          <Fact name={text('admin.about.notices')}>
            <a href="./THIRD-PARTY-NOTICES.md" target="_blank" rel="noreferrer">
              {text('admin.about.notices-open')}
            </a>
          </Fact>
        </Facts>
      </section>
    </div>
  );
}
