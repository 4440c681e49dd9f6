import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import type { Mapping } from '../api/contract.ts';
import { MOVING } from '../api/queries.ts';

export interface NewMapping {
  readonly kind: string;
  readonly system: string;
  readonly source: string;
  /** Null takes it back. */
  readonly target: string | null;
  readonly why?: string;
}

/** Says what a word is, or takes that back. */
export function useMap() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (mapping: NewMapping) => call<Mapping>('POST', '/mappings', mapping),
    onSettled: () => Promise.all(MOVING.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
}
