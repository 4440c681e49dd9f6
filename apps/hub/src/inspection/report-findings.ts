import { type ExceptionReport, explainError } from '@trunkline/messaging';
import type { InspectedSystem } from './inspect-systems.ts';

/** What an inspection can find; each of these codes that it does not find is over. */
export const INSPECTION_CODES = [
  'target_module_missing',
  'target_field_missing',
  'target_field_changed',
  'target_field_required',
  'target_right_missing',
  'target_setting_missing',
  'target_unauthorised',
  'target_misconfigured',
] as const;

/** One exception per code, with every finding of it as a fault and the remedies of all. Pure. */
export function exceptionsOf({ findings }: InspectedSystem): readonly ExceptionReport[] {
  // A refused login holds every call, polls too, and is told by that (login-watch-job.ts), not twice.
  const told = findings.filter(({ code }) => code !== 'credentials_refused');
  return [...Map.groupBy(told, ({ code }) => code)].map(([code, group]) => {
    const orders = Math.max(...group.map((finding) => finding.orders));
    const flows = [...new Set(group.flatMap((finding) => finding.flows))];
    const more = group.length === 1 ? '' : ` And ${group.length - 1} more of this kind.`;
    return {
      code,
      flow: flows[0] ?? '',
      summary: `${group[0]?.message ?? ''}${more} ${whomItHits(flows, orders)}`,
      faults: group.map(({ path, message }) => ({ code, path, message })),
      owner: explainError(code).owner,
      remedy: [...new Set(group.map((finding) => finding.remedy))].join(' '),
    };
  });
}

export function whomItHits(flows: readonly string[], orders: number): string {
  const steps = flows.join(', ');
  if (orders === 0) return `No open order needs it now (${steps}).`;
  return `It would hold ${orders} open ${orders === 1 ? 'order' : 'orders'} (${steps}).`;
}
