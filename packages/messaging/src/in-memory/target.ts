import type { Delivery } from '../command.ts';
import type { JsonObject } from '../json.ts';
import type { Outcome, Verification } from '../outcome.ts';
import type { Target } from '../ports/connector.ts';

/**
 * A system in memory that has each command's effect once per business key (type, key and payload), the smallest thing that a
 * Target may be.
 */
export class InMemoryTarget implements Target {
  readonly batch = 10;
  readonly concurrency = 2;
  readonly lingerMs = 0;
  readonly #effects = new Map<string, JsonObject>();
  readonly #refuses: (delivery: Delivery) => string | undefined;

  /** `refuses` gives the system's own words for what it will not take. */
  constructor(refuses: (delivery: Delivery) => string | undefined = () => undefined) {
    this.#refuses = refuses;
  }

  get effects(): number {
    return this.#effects.size;
  }

  async deliver(deliveries: readonly Delivery[], signal?: AbortSignal): Promise<readonly Outcome[]> {
    return deliveries.map((delivery) =>
      signal?.aborted === true ? { kind: 'cancelled' } : this.#deliver(delivery),
    );
  }

  async verify(deliveries: readonly Delivery[]): Promise<readonly Verification[]> {
    return deliveries.map((delivery) => {
      const reply = this.#effects.get(businessKey(delivery));
      return reply === undefined ? { kind: 'absent' } : { kind: 'present', reply };
    });
  }

  #deliver(delivery: Delivery): Outcome {
    if (Object.keys(delivery.payload).length === 0) {
      const faults = [{ code: 'payload_invalid', path: '', message: 'must not be empty' }];
      return { kind: 'invalid', detail: 'The command says nothing.', faults };
    }
    const detail = this.#refuses(delivery);
    if (detail !== undefined) return { kind: 'rejected', code: 'target_rejected', detail };
    const key = businessKey(delivery);
    const known = this.#effects.get(key);
    if (known !== undefined) return { kind: 'succeeded', reply: known, adopted: true };
    const reply = { number: String(this.#effects.size + 1) };
    this.#effects.set(key, reply);
    return { kind: 'succeeded', reply };
  }
}

function businessKey({ type, key, payload }: Delivery): string {
  return JSON.stringify([type, key, payload]);
}
