import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconClipboardCheck,
  IconHourglass,
  IconInbox,
  IconListSearch,
  IconPackageExport,
  IconPointFilled,
  IconTruckDelivery,
  type Icon,
} from '@tabler/icons-react';
import type { StageCount } from '../api/contract.ts';
import { humanise } from './words.ts';

export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'quiet';

export interface Look {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: Icon;
}

const STAGES: Readonly<Record<string, Look>> = {
  received: { label: 'Received', tone: 'info', icon: IconInbox },
  validating: { label: 'Validating', tone: 'info', icon: IconListSearch },
  confirmed: { label: 'Confirmed', tone: 'info', icon: IconClipboardCheck },
  released: { label: 'Released', tone: 'info', icon: IconPackageExport },
  partially_shipped: { label: 'Partially shipped', tone: 'info', icon: IconTruckDelivery },
  shipped: { label: 'Shipped', tone: 'ok', icon: IconCircleCheck },
  exception: { label: 'Exception', tone: 'bad', icon: IconAlertTriangle },
  backordered: { label: 'Backordered', tone: 'warn', icon: IconHourglass },
  cancelled: { label: 'Cancelled', tone: 'quiet', icon: IconCircleX },
};

/** A stage that this console does not know yet is shown under its own name. */
export function stageLook(stage: string): Look {
  return STAGES[stage] ?? { label: humanise(stage), tone: 'quiet', icon: IconPointFilled };
}

const JOURNEY = ['received', 'validating', 'confirmed', 'released', 'partially_shipped', 'shipped'];
const ASIDE = ['exception', 'backordered', 'cancelled'];

/** The journey in order, and what stands beside it: the known ones always, an unknown one as the hub orders it. */
export function splitStages(orders: readonly StageCount[]): {
  readonly journey: readonly StageCount[];
  readonly aside: readonly StageCount[];
} {
  const counts = new Map(orders.map(({ stage, count }) => [stage, count]));
  const known = (stages: readonly string[]) =>
    stages.map((stage) => ({ stage, count: counts.get(stage) ?? 0 }));
  const unknown = orders.filter(({ stage }) => ![...JOURNEY, ...ASIDE].includes(stage));
  return { journey: known(JOURNEY), aside: [...known(ASIDE), ...unknown] };
}
