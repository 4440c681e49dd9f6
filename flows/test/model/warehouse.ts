import type { CanonicalEvent, LineQuantity, ReleaseCreate } from '@trunkline/canonical';
import { chance, pick } from './chance.ts';

export interface WarehouseHabits {
  readonly seed: string;
  readonly shortRate: number;
  readonly splitRate: number;
  /** Share of releases that end with `release.closed` rather than with a last shipment. */
  readonly closeRate: number;
}

interface Picked {
  readonly line: string;
  readonly sku: string;
  readonly released: number;
  picked: number;
}

/**
 * A warehouse that picks, falls short, splits and closes. What it does with a release depends on the release's lines alone. It tells
 * everything at once; the schedule decides what arrives when.
 */
export class ModelWarehouse {
  readonly shipped = new Map<string, number>();
  readonly shipments: string[] = [];
  readonly #habits: WarehouseHabits;
  readonly #missing: Map<string, number>;
  readonly #taken = new Set<string>();

  /** `missing`: where it counts what it could not find, by line. */
  constructor(habits: WarehouseHabits, missing: Map<string, number>) {
    this.#habits = habits;
    this.#missing = missing;
  }

  take({ release }: ReleaseCreate): CanonicalEvent[] {
    const { releaseNumber } = release;
    if (this.#taken.has(releaseNumber)) throw new Error(`${releaseNumber} was sent twice.`);
    this.#taken.add(releaseNumber);
    const words = [this.#habits.seed, JSON.stringify(release.lines)];
    const lines = release.lines.map((line) => this.#pick(line.line, line.sku, Number(line.quantity), words));
    let sequence = 0;
    const counted = () => {
      sequence += 1;
      return { releaseNumber, sequence };
    };
    const events: CanonicalEvent[] = [{ type: 'release.acknowledged', releaseNumber }];
    const picked = quantities(lines, (line) => line.picked);
    const short = quantities(lines, (line) => line.released - line.picked);
    if (picked.length > 0) events.push({ type: 'pick.confirmed', ...counted(), pickedAt: AT, lines: picked });
    if (short.length > 0 && chance('tell', ...words) < 0.8) {
      const reasoned = short.map((line) => ({ ...line, reason: 'not_found' }));
      events.push({ type: 'shortage.reported', ...counted(), lines: reasoned });
    }
    const loads = this.#loads(lines, words);
    const closes = loads.length === 0 || chance('close', ...words) < this.#habits.closeRate;
    for (const [at, load] of loads.entries()) {
      const shipmentNumber = `${releaseNumber}-S${at + 1}`;
      this.shipments.push(shipmentNumber);
      for (const { line, quantity } of load)
        this.shipped.set(line, (this.shipped.get(line) ?? 0) + Number(quantity));
      events.push({
        type: 'shipment.shipped',
        ...counted(),
        final: !closes && at === loads.length - 1,
        shipment: {
          shipmentNumber,
          releaseNumber,
          trackingNumber: `T-${JSON.stringify(load.map(({ line }) => line))}-${at}`,
          shippedAt: AT,
          lines: load,
          packages: [],
        },
      });
    }
    if (closes) events.push({ type: 'release.closed', ...counted(), reason: 'done' });
    return events;
  }

  #pick(line: string, sku: string, released: number, words: readonly string[]): Picked {
    const isShort = chance('short', line, ...words) < this.#habits.shortRate;
    const picked = isShort ? pick(released, 'how-short', line, ...words) : released;
    this.#missing.set(line, (this.#missing.get(line) ?? 0) + released - picked);
    return { line, sku, released, picked };
  }

  /** Up to three loads that together hold what was picked; a load may hold part of a line. */
  #loads(lines: readonly Picked[], words: readonly string[]): LineQuantity[][] {
    const count = chance('split', ...words) < this.#habits.splitRate ? 2 + pick(2, 'loads', ...words) : 1;
    const loads: LineQuantity[][] = Array.from({ length: count }, () => []);
    for (const { line, sku, picked } of lines) {
      let left = picked;
      for (const [at, load] of loads.entries()) {
        const quantity = at === count - 1 ? left : pick(left + 1, 'load', line, at, ...words);
        if (quantity > 0) load.push({ line, sku, quantity: String(quantity) });
        left -= quantity;
      }
    }
    return loads.filter((load) => load.length > 0);
  }
}

const AT = '2026-03-01T12:00:00Z';

function quantities(lines: readonly Picked[], of: (line: Picked) => number): LineQuantity[] {
  return lines
    .filter((line) => of(line) > 0)
    .map((line) => ({ line: line.line, sku: line.sku, quantity: String(of(line)) }));
}
