import { useQuery } from '@tanstack/react-query';
import { LiveOverview } from '../api/live-overview.tsx';
import { sessionQuery } from '../api/queries.ts';
import { Failure, Loading } from '../feedback/notice.tsx';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { Shell } from './shell.tsx';

/** Signed in: the shell around the page. Otherwise the sign-in, at the same address. */
export function Root() {
  const session = useQuery(sessionQuery);
  if (session.isPending) return <Loading what="the console" />;
  if (session.isError) return <Failure error={session.error} onRetry={() => void session.refetch()} />;
  if (session.data === null) return <SignInPage />;
  return (
    <LiveOverview>
      <Shell session={session.data} />
    </LiveOverview>
  );
}
