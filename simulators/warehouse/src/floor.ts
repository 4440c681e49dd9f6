import { lotLine, movedLine, packShipment, releaseEvent, type WarehouseEvent } from './events.ts';
import { type FloorRates, type PlannedLine, planAdjustment, planLoads, planPick } from './plan.ts';
import { pick } from './chance.ts';
import { decimal, millionths } from './quantity.ts';
import { acceptedRecord, contentDigest, FINAL, type Release, type ReleaseRecord } from './release.ts';

export interface FloorOptions extends FloorRates {
  /** Milliseconds before each step: picking, and each shipment. */
  pickDelayMs: number;
}

export interface FloorState {
  releases: ReleaseRecord[];
  packages: number;
  adjustments: Record<string, number>;
  duplicatePuts: number;
  conflictingPuts: number;
}

export type Acceptance = 'created' | 'repeated' | 'conflicting';

/** What the building does: takes releases over, picks, ships, tells. It knows neither HTTP nor webhooks. */
export class Floor {
  readonly releases = new Map<string, ReleaseRecord>();
  readonly #options: FloorOptions;
  readonly #emit: (event: WarehouseEvent) => void;
  readonly #steps = new Map<string, NodeJS.Timeout>();
  #rates: FloorRates;
  /** Of releases under way that were taken over under other rates than today's: a plan never changes half way. */
  readonly #earlierRates = new Map<string, FloorRates>();
  readonly #adjustments: Record<string, number>;
  #packages: number;
  duplicatePuts: number;
  conflictingPuts: number;

  constructor(options: FloorOptions, state: FloorState | undefined, emit: (event: WarehouseEvent) => void) {
    this.#options = options;
    this.#rates = options;
    this.#emit = emit;
    for (const record of state?.releases ?? []) this.releases.set(record.release.releaseNumber, record);
    this.#packages = state?.packages ?? 0;
    this.#adjustments = state?.adjustments ?? {};
    this.duplicatePuts = state?.duplicatePuts ?? 0;
    this.conflictingPuts = state?.conflictingPuts ?? 0;
  }

  /** Takes up the releases that an earlier run left half done. */
  resume(): void {
    for (const record of this.releases.values()) {
      if (!FINAL.includes(record.state)) this.#schedule(record);
    }
  }

  stop(): void {
    for (const step of this.#steps.values()) clearTimeout(step);
    this.#steps.clear();
  }

  /** For releases that are taken over from now on; those under way keep theirs. */
  setRates(changes: Partial<Omit<FloorRates, 'seed'>>): void {
    for (const [number, record] of this.releases) {
      if (!FINAL.includes(record.state) && !this.#earlierRates.has(number))
        this.#earlierRates.set(number, this.#rates);
    }
    this.#rates = { ...this.#rates, ...changes };
  }

  state(): FloorState {
    return {
      releases: [...this.releases.values()],
      packages: this.#packages,
      adjustments: this.#adjustments,
      duplicatePuts: this.duplicatePuts,
      conflictingPuts: this.conflictingPuts,
    };
  }

  accept(release: Release): Acceptance {
    const known = this.releases.get(release.releaseNumber);
    if (known) {
      const repeated = known.digest === contentDigest(release);
      if (repeated) this.duplicatePuts += 1;
      else this.conflictingPuts += 1;
      return repeated ? 'repeated' : 'conflicting';
    }
    const record = acceptedRecord(release);
    this.releases.set(release.releaseNumber, record);
    this.#schedule(record);
    return 'created';
  }

  /** False when picking came first. */
  cancel(record: ReleaseRecord): boolean {
    if (record.state === 'cancelled') return true;
    if (record.state !== 'accepted') return false;
    clearTimeout(this.#steps.get(record.release.releaseNumber));
    this.#steps.delete(record.release.releaseNumber);
    record.state = 'cancelled';
    for (const line of record.lines) line.cancelled = line.quantity;
    this.#tell(record, 'release.closed', true, {
      reason: 'cancelled',
      lines: record.lines.map((line) => movedLine(line, line.cancelled)),
    });
    return true;
  }

  /** Stock found to differ outside any release; `delta` is a signed decimal string. */
  adjust(
    site: string,
    found: { sku: string; unit: string; delta: string; reason: string; lot?: string },
    reference?: string,
  ): void {
    const sequence = (this.#adjustments[site] ?? 0) + 1;
    this.#adjustments[site] = sequence;
    this.#emit({
      chain: `adjustments/${site}`,
      type: 'inventory.adjusted',
      timestamp: new Date().toISOString(),
      last: false,
      data: {
        site,
        sequence,
        adjustmentNumber: `${site}-ADJ-${sequence}`,
        ...found,
        ...(reference === undefined ? {} : { reference }),
      },
    });
  }

  #ratesOf({ release }: ReleaseRecord): FloorRates {
    return this.#earlierRates.get(release.releaseNumber) ?? this.#rates;
  }

  #schedule(record: ReleaseRecord): void {
    const step = setTimeout(() => {
      this.#steps.delete(record.release.releaseNumber);
      if (record.state === 'accepted') this.#pick(record);
      else this.#ship(record);
      if (!FINAL.includes(record.state)) this.#schedule(record);
      else this.#earlierRates.delete(record.release.releaseNumber);
    }, this.#options.pickDelayMs);
    this.#steps.set(record.release.releaseNumber, step);
  }

  #pick(record: ReleaseRecord): void {
    const { release, lines } = record;
    for (const [at, line] of lines.entries()) {
      const ordered = release.lines[at];
      if (ordered) Object.assign(line, planPick(this.#ratesOf(record), release.releaseNumber, ordered));
    }
    const picked = lines.filter((line) => millionths(line.picked) > 0n);
    const short = lines.filter((line) => millionths(line.short) > 0n);
    record.state = picked.length > 0 ? 'picked' : 'closed';
    if (picked.length > 0) {
      this.#tell(record, 'release.picked', false, {
        lines: picked.map((line) => lotLine(line, line.picked)),
        picker: `picker-${String(1 + pick(12, 'picker', release.releaseNumber)).padStart(2, '0')}`,
        pickedAt: new Date().toISOString(),
      });
    }
    if (short.length > 0) {
      this.#tell(record, 'release.shorted', false, {
        lines: short.map((line) => ({ ...movedLine(line, line.short), reason: line.shortReason })),
      });
    }
    if (picked.length === 0) {
      this.#tell(record, 'release.closed', true, {
        reason: 'nothing_to_ship',
        lines: short.map((line) => movedLine(line, line.short)),
      });
    }
  }

  #ship(record: ReleaseRecord): void {
    const loads = planLoads(this.#ratesOf(record), record.release, record.lines);
    const load = loads[record.shipments.length];
    if (!load) throw new Error(`Release ${record.release.releaseNumber} has no load left to ship.`);
    const final = record.shipments.length === loads.length - 1;
    this.#shipLoad(record, load, final);
    if (!final) return;
    const found = planAdjustment(this.#ratesOf(record), record.release.releaseNumber, record.lines);
    if (found) this.adjust(record.release.site, found, record.release.reference);
  }

  #shipLoad(record: ReleaseRecord, load: PlannedLine[], final: boolean): void {
    const content = packShipment(record, load, () => {
      this.#packages += 1;
      return this.#packages;
    });
    const shippedAt = new Date().toISOString();
    for (const { record: line, quantity } of load) {
      line.shipped = decimal(millionths(line.shipped) + millionths(quantity));
    }
    const { shipmentNumber, trackingNumber, carriage, packages } = content;
    record.shipments.push({ shipmentNumber, trackingNumber, shippedAt, final });
    record.state = final ? 'shipped' : 'partially_shipped';
    this.#tell(record, 'shipment.shipped', final, {
      shipmentNumber,
      final,
      ...carriage,
      trackingNumber,
      shippedAt,
      packages,
      lines: load.map(({ record: line, quantity }) => movedLine(line, quantity)),
    });
  }

  #tell(record: ReleaseRecord, type: string, last: boolean, data: Record<string, unknown>): void {
    this.#emit(releaseEvent({ record, type, last, data, now: new Date().toISOString() }));
  }
}
