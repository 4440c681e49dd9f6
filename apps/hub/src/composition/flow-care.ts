import { type Configuration, durationMs } from '../configuration/schema.ts';
import type { FlowCare } from '../operations/case-view.ts';

/** Who looks after each flow's exceptions, where it is written how, and how long they may be open. */
export function careOf({ flows = {} }: Configuration): Readonly<Record<string, FlowCare>> {
  return Object.fromEntries(
    Object.entries(flows).map(([flow, { exceptions, serviceLevel }]) => [
      flow,
      {
        ...(exceptions?.queue === undefined ? {} : { queue: exceptions.queue }),
        ...(exceptions?.runbook === undefined ? {} : { runbook: exceptions.runbook }),
        ...(serviceLevel === undefined ? {} : { serviceLevelMs: durationMs(serviceLevel.p95) }),
      },
    ]),
  );
}
