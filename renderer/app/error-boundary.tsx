import { Component } from 'react';
import type { ReactNode } from 'react';
import { errorShapeOf } from '../client/errors.ts';
import { ErrorNotice } from '../ui/error-notice.tsx';

/** A bug in one workspace leaves the frame, the status strip and the other workspaces usable. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly thrown: unknown }> {
  override state: { readonly thrown: unknown } = { thrown: null };

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown };
  }

  override render() {
    if (this.state.thrown === null) return this.props.children;
    return (
      <div className="lw-page">
        <ErrorNotice
          error={errorShapeOf(this.state.thrown)}
          onRetry={() => this.setState({ thrown: null })}
        />
      </div>
    );
  }
}
