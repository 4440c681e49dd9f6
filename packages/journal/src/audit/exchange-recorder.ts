import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Delivery, Exchange, ReportExchange, Target } from '@trunkline/messaging';
import { storableText } from '../storable-text.ts';
import type { KeptBody, Redactor } from './redaction.ts';

/** Of one call at most; a batch of 50 in Odoo makes fewer than 20. */
const MAX_EXCHANGES = 100;

export interface RecordedExchange {
  readonly target: string;
  readonly method: string;
  readonly url: string;
  readonly status: number | null;
  readonly request: KeptBody;
  readonly response: KeptBody;
  readonly failure: string | null;
  readonly tookMs: number;
}

/** One call of a target, which may carry deliveries of several parts; its exchanges are stored with the first part that settles. */
export interface RecordedCall {
  readonly id: string;
  /** What made the call, e.g. `trunkline 0.1.0, odoo, server 18.0`. */
  readonly software: string;
  readonly exchanges: readonly RecordedExchange[];
  part: number | undefined;
  stored: boolean;
}

/**
 * Gathers what a connector says to its system while it delivers. The connector reports without knowing for whom: the call that it is in
 * is known by its asynchronous context. What happens outside a call (polls, health) is not recorded.
 */
export class ExchangeRecorder {
  readonly #redactor: Redactor;
  readonly #softwareOf: (system: string) => string;
  readonly #context = new AsyncLocalStorage<{ system: string; exchanges: RecordedExchange[] }>();
  /** By the delivery as the target was given it: that object lives as long as somebody may settle it. */
  readonly #calls = new WeakMap<Delivery, RecordedCall>();
  /** Calls are told apart by the process's random half and a count; in order, so that their index grows at one end. */
  readonly #process = randomBytes(8).toString('hex');
  #count = 0n;

  constructor(redactor: Redactor, softwareOf: (system: string) => string) {
    this.#redactor = redactor;
    this.#softwareOf = softwareOf;
  }

  /** What connectors are given. */
  readonly report: ReportExchange = (exchange) => {
    const call = this.#context.getStore();
    if (call === undefined || call.exchanges.length >= MAX_EXCHANGES) return;
    call.exchanges.push(this.#kept(call.system, exchange));
  };

  /** `target`, with its calls recorded. */
  recorded(system: string, target: Target): Target {
    const { verify } = target;
    const within = async <T>(deliveries: readonly Delivery[], work: () => Promise<T>): Promise<T> => {
      const exchanges: RecordedExchange[] = [];
      try {
        return await this.#context.run({ system, exchanges }, work);
      } finally {
        const call: RecordedCall = {
          id: this.#nextId(),
          software: this.#softwareOf(system),
          exchanges,
          part: undefined,
          stored: false,
        };
        for (const delivery of deliveries) this.#calls.set(delivery, call);
      }
    };
    return {
      batch: target.batch,
      concurrency: target.concurrency,
      lingerMs: target.lingerMs,
      deliver: (deliveries, signal) => within(deliveries, () => target.deliver(deliveries, signal)),
      ...(verify === undefined
        ? {}
        : {
            verify: (deliveries, signal) => within(deliveries, () => verify.call(target, deliveries, signal)),
          }),
    };
  }

  /** The last call that carried this delivery. */
  callOf(delivery: Delivery): RecordedCall | undefined {
    return this.#calls.get(delivery);
  }

  #kept(target: string, exchange: Exchange): RecordedExchange {
    return {
      target,
      method: exchange.method,
      url: storableText(this.#redactor.url(exchange.url)),
      status: exchange.status ?? null,
      request: this.#redactor.body(exchange.request),
      response: this.#redactor.body(exchange.response),
      failure: exchange.failure === undefined ? null : storableText(exchange.failure),
      tookMs: exchange.tookMs,
    };
  }

  #nextId(): string {
    const hex = `${this.#process}${(++this.#count).toString(16).padStart(16, '0')}`;
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}
