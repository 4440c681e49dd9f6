import { parseDecimal } from '@trunkline/canonical';
import type { WarehouseRelease } from '../accounting/snapshot.ts';
import { fetchJson } from './http.ts';

export interface WarehouseSummary {
  readonly releases: number;
  /** Releases that have not reached a final state. */
  readonly busy: number;
  readonly shipments: number;
  /** Events that the hub has not acknowledged. */
  readonly untold: number;
}

const FINAL = new Set(['shipped', 'closed', 'cancelled']);
const PAGE = 500;

interface Release {
  readonly releaseNumber: string;
  readonly reference: string;
  readonly state: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: string; readonly shipped: string }[];
}

/** The simulated warehouse as its manager sees it. */
export class DemoWarehouse {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async summary(): Promise<WarehouseSummary> {
    const { releases, shipments, webhooks } = await fetchJson<{
      releases: { total: number; byState: Record<string, number> };
      shipments: number;
      webhooks: { outstanding: number };
    }>({ method: 'GET', url: `${this.#url}/_sim/summary` });
    const ended = Object.entries(releases.byState).reduce(
      (count, [state, n]) => count + (FINAL.has(state) ? n : 0),
      0,
    );
    return {
      releases: releases.total,
      busy: releases.total - ended,
      shipments,
      untold: webhooks.outstanding,
    };
  }

  /** `reference` is the canonical order id, `so_` and the opportunity's id. */
  async releases(): Promise<WarehouseRelease[]> {
    const found: Release[] = [];
    for (let total = 1; found.length < total; ) {
      const url = `${this.#url}/_sim/releases?offset=${found.length}&limit=${PAGE}`;
      const page = await fetchJson<{ total: number; releases: Release[] }>({ method: 'GET', url });
      found.push(...page.releases);
      total = page.releases.length === 0 ? 0 : page.total;
    }
    return found.map(({ releaseNumber, reference, state, lines }) => ({
      ...(reference.startsWith('so_') ? { order: reference.slice(3) } : {}),
      releaseNumber,
      ended: FINAL.has(state),
      lines: lines.map(({ sku, quantity, shipped }) => ({
        sku,
        released: parseDecimal(quantity) ?? '0',
        shipped: parseDecimal(shipped) ?? '0',
      })),
    }));
  }
}
