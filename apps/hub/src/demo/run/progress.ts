import logUpdate from 'log-update';
import pc from 'picocolors';
import type { Standing } from './books.ts';

/** The journey's order. */
const STAGES = [
  'Received',
  'Confirmed',
  'Released',
  'Partially shipped',
  'Backordered',
  'Shipped',
  'Cancelled',
  'Rejected',
];
const PLAIN_EVERY_MS = 5000;

export interface Progress {
  /** A sentence that stays. */
  say(sentence: string): void;
  show(standing: Standing, planned?: number): void;
  done(): void;
}

/** On a terminal one area that is redrawn; elsewhere (a pipe, CI) a plain line each five seconds. */
export function progressOn(stream: NodeJS.WriteStream, footer: () => readonly string[] = () => []): Progress {
  const meter = new Meter();
  let plainAt = 0;
  let over = false;
  return {
    say(sentence) {
      if (stream.isTTY) logUpdate.clear();
      stream.write(`${sentence}\n`);
    },
    show(standing, planned) {
      // A look that was under way when the run was stopped draws nothing below the last sentence.
      if (over) return;
      const rate = meter.rate(ended(standing));
      if (stream.isTTY) logUpdate([...area(standing, rate, planned), ...footer()].join('\n'));
      else if (performance.now() - plainAt >= PLAIN_EVERY_MS) {
        plainAt = performance.now();
        stream.write(`${line(standing, rate, planned)}\n`);
      }
    },
    done() {
      over = true;
      if (stream.isTTY) logUpdate.clear();
    },
  };
}

const ENDS = ['Shipped', 'Partially shipped', 'Backordered', 'Cancelled', 'Rejected'];

/** Orders whose status may be their last one. */
export function ended({ byStatus }: Standing): number {
  return ENDS.reduce((count, status) => count + (byStatus[status] ?? 0), 0);
}

function line({ won, byStatus, warehouse }: Standing, rate: number, planned?: number): string {
  const stages = STAGES.filter((stage) => (byStatus[stage] ?? 0) > 0).map(
    (stage) => `${stage.toLowerCase()} ${byStatus[stage]}`,
  );
  const of = planned === undefined ? '' : ` of ${planned}`;
  return `${won}${of} deals won: ${stages.join(', ') || 'none told yet'}; ${warehouse.shipments} shipments; ${rate.toFixed(0)} orders/s`;
}

function area(standing: Standing, rate: number, planned?: number): string[] {
  const { won, byStatus, warehouse } = standing;
  const told = Object.values(byStatus).reduce((sum, count) => sum + count, 0);
  const rows = [
    ['Won, not told', Math.max(0, won - told)] as const,
    ...STAGES.map((stage) => [stage, byStatus[stage] ?? 0] as const),
  ];
  const widest = Math.max(1, ...rows.map(([, count]) => count));
  return [
    '',
    ...rows.map(
      ([stage, count]) => `  ${stage.padEnd(18)}${String(count).padStart(7)}  ${bar(stage, count / widest)}`,
    ),
    '',
    `  ${pc.bold(String(won))}${planned === undefined ? '' : ` of ${planned}`} deals won   ${pc.bold(rate.toFixed(1))} orders/s   ` +
      `${warehouse.busy} releases at work   ${warehouse.shipments} shipments   ${exceptions(byStatus['Rejected'] ?? 0)}`,
  ];
}

function bar(stage: string, share: number): string {
  const drawn = '█'.repeat(Math.ceil(share * 30));
  if (stage === 'Rejected') return pc.yellow(drawn);
  return stage === 'Shipped' ? pc.green(drawn) : pc.cyan(drawn);
}

function exceptions(count: number): string {
  return count === 0 ? '0 exceptions' : pc.yellow(`${count} exceptions`);
}

/** Orders per second over the last ten seconds. */
class Meter {
  readonly #samples: { readonly at: number; readonly count: number }[] = [];

  rate(count: number): number {
    const at = performance.now();
    this.#samples.push({ at, count });
    while (at - (this.#samples[0]?.at ?? at) > 10_000) this.#samples.shift();
    const first = this.#samples[0];
    if (first === undefined || at - first.at < 200) return 0;
    return ((count - first.count) * 1000) / (at - first.at);
  }
}
