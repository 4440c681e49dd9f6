import '@mantine/core/styles.css';
import './app/tokens.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from './api/client.ts';
import { sessionQuery } from './api/queries.ts';
import { router } from './app/router.tsx';
import { theme } from './app/theme.ts';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The hub explains its refusals; only silence is worth another try.
      retry: (failures, error) => error instanceof ApiProblem && error.status === 0 && failures < 2,
    },
  },
});

// Whatever is refused for want of a session shows the sign-in, at the page where it happened.
queries.getQueryCache().subscribe(({ type, query }) => {
  const { error } = query.state;
  if (type !== 'updated' || !(error instanceof ApiProblem) || error.status !== 401) return;
  queries.setQueryData(sessionQuery.queryKey, null);
});

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html lost its #root.');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
