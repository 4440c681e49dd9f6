import type { Delivery } from '@trunkline/messaging';
import type { ExchangeRecorder, RecordedCall } from './exchange-recorder.ts';
import type { KeptBody } from './redaction.ts';

/** The calls of a batch of attempts, as settle-deliveries.sql takes them. */
export class SettledCalls {
  readonly #part: number;
  readonly #calls: readonly (RecordedCall | undefined)[];
  readonly #own: readonly RecordedCall[];

  constructor(recorder: ExchangeRecorder | undefined, part: number, tried: readonly Delivery[]) {
    this.#part = part;
    this.#calls = tried.map((delivery) => recorder?.callOf(delivery));
    const known = new Set(this.#calls.filter((call) => call !== undefined));
    for (const call of known) call.part ??= part;
    this.#own = [...known].filter((call) => call.part === part && !call.stored);
  }

  /** Per attempt: call, its part, software; then the exchanges, and the bodies that stand aside. */
  columns(): unknown[] {
    const bodies = new Map<string, string>();
    const aside = ({ text, digest }: KeptBody): { text: string | null; digest: string | null } => {
      if (digest === null || text === null) return { text, digest: null };
      const hex = digest.toString('hex');
      bodies.set(hex, text);
      return { text: null, digest: hex };
    };
    const exchanges = this.#own.flatMap((call) =>
      call.exchanges.map((exchange) => {
        const request = aside(exchange.request);
        const response = aside(exchange.response);
        return {
          call: call.id,
          target: exchange.target,
          method: exchange.method,
          url: exchange.url,
          status: exchange.status,
          request: request.text,
          request_bytes: exchange.request.size,
          request_digest: request.digest,
          response: response.text,
          response_bytes: exchange.response.size,
          response_digest: response.digest,
          failure: exchange.failure,
          took_ms: exchange.tookMs,
        };
      }),
    );
    return [
      this.#calls.map((call) => (call === undefined || call.exchanges.length === 0 ? null : call.id)),
      this.#calls.map((call) => call?.part ?? null),
      this.#calls.map((call) => call?.software ?? null),
      JSON.stringify(exchanges),
      [...bodies.keys()],
      [...bodies.values()],
    ];
  }

  /** After the commit: the other attempts of these calls only refer to them. */
  stored(): void {
    for (const call of this.#own) if (call.part === this.#part) call.stored = true;
  }
}
