import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { Overview } from './contract.ts';
import { MOVING, overviewQuery, sessionQuery } from './queries.ts';

/** `trouble`: connected, and the hub cannot read its own state. */
export type Liveness = 'connecting' | 'live' | 'reconnecting' | 'trouble';

const LivenessContext = createContext<Liveness>('connecting');

export const useLiveness = () => useContext(LivenessContext);

/** Open pages ask again at most this often while the hub is busy. */
const REFRESH_MS = 2000;

/** Keeps the overview fresh by server-sent events, and has the open page ask again when something moved. */
export function LiveOverview({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const [liveness, setLiveness] = useState<Liveness>('connecting');

  useEffect(() => {
    const source = new EventSource('/api/v1/events');
    let refresh: ReturnType<typeof setTimeout> | undefined;
    const refreshSoon = () => {
      refresh ??= setTimeout(() => {
        refresh = undefined;
        for (const key of MOVING) void queries.invalidateQueries({ queryKey: [key] });
      }, REFRESH_MS);
    };
    source.addEventListener('overview', (event: MessageEvent<string>) => {
      setLiveness('live');
      queries.setQueryData(overviewQuery.queryKey, JSON.parse(event.data) as Overview);
      refreshSoon();
    });
    source.addEventListener('trouble', () => setLiveness('trouble'));
    source.onerror = () => {
      setLiveness('reconnecting');
      // Refused, not interrupted: the session may be over, which the session query finds out.
      if (source.readyState === EventSource.CLOSED) void queries.invalidateQueries(sessionQuery);
    };
    return () => {
      source.close();
      clearTimeout(refresh);
    };
  }, [queries]);

  return <LivenessContext value={liveness}>{children}</LivenessContext>;
}
