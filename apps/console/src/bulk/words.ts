import type { Bulk } from '../api/contract.ts';

export const VERB: Readonly<Record<Bulk['act'], string>> = {
  retry: 'Retry',
  discard: 'Discard',
  edit: 'Edit',
  replay: 'Replay',
};

/** What an act counts. */
export function thingsOf({ act }: Pick<Bulk, 'act'>, number: number): string {
  const [one, many] = act === 'replay' ? ['message', 'messages'] : ['order', 'orders'];
  return number === 1 ? one : many;
}
