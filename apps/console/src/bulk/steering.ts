import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { MOVING } from '../api/queries.ts';

export type BulkStep = 'try' | 'start' | 'cancel';

/** Takes an act on many a step further. */
export function useSteering(id: string | undefined) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (step: BulkStep) => call('POST', `/bulk/${id}/${step}`),
    onSettled: () =>
      Promise.all(['bulk', ...MOVING].map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
}
