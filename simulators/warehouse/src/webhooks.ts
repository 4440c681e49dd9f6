import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import type { WarehouseEvent } from './events.ts';
import type { FaultControl } from './faults.ts';

/** An event on its way. The body is made once, so that each attempt carries the same bytes. */
export interface OutgoingWebhook {
  id: string;
  chain: string;
  type: string;
  body: string;
  attempts: number;
}

export interface WebhookCounts {
  events: number;
  attempts: number;
  acknowledged: number;
  /** Answered as not understood (400, 410, 413, 415, 422): kept, not sent again. */
  refused: number;
  duplicated: number;
  reordered: number;
}

export interface WebhookState {
  unsent: OutgoingWebhook[];
  refused: { id: string; type: string; status: number; body: string }[];
  counts: WebhookCounts;
}

export interface WebhookOptions {
  url?: string;
  /** `whsec_` and base64. */
  secret: string;
  concurrency: number;
}

type Answer = 'acknowledged' | { refused: number } | { again: number };

const NOT_UNDERSTOOD = new Set([400, 410, 413, 415, 422]);
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;
const ANSWER_WITHIN_MS = 10_000;
/** How long nothing at all is sent to a receiver that did not answer: 5,000 waiting releases must not storm it. */
const LONGEST_PAUSE_MS = 2000;
/** How long an event waits for its successor to overtake it, when it was told to change places. */
const SWAP_WITHIN_MS = 1500;
const KEPT_REFUSALS = 1000;

/**
 * At-least-once delivery. Events of one chain (a release, a site's adjustments) go one after another, a chain
 * that waits for its next try holds back no other; `concurrency` attempts are under way at once.
 */
export class WebhookOutbox {
  #options: WebhookOptions;
  #key: Buffer;
  readonly #faults: FaultControl;
  readonly #agent: Agent;
  readonly #chains = new Map<string, OutgoingWebhook[]>();
  readonly #held = new Map<string, { webhook: OutgoingWebhook; timer: NodeJS.Timeout }>();
  readonly #ready = new Set<string>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #pause: NodeJS.Timeout | undefined;
  #nextPauseMs = FIRST_WAIT_MS;
  readonly #refused: WebhookState['refused'];
  readonly counts: WebhookCounts;

  constructor(options: WebhookOptions, state: WebhookState | undefined, faults: FaultControl) {
    this.#options = options;
    this.#key = webhookKey(options.secret);
    this.#faults = faults;
    this.#agent = new Agent({
      connections: options.concurrency,
      headersTimeout: ANSWER_WITHIN_MS,
      bodyTimeout: ANSWER_WITHIN_MS,
    });
    this.#refused = state?.refused ?? [];
    this.counts = state?.counts ?? {
      events: 0,
      attempts: 0,
      acknowledged: 0,
      refused: 0,
      duplicated: 0,
      reordered: 0,
    };
    for (const webhook of state?.unsent ?? []) this.#append(webhook);
    faults.onChange(() => this.#pump());
  }

  start(): void {
    this.#pump();
  }

  redirect(target: { url?: string; secret?: string }): void {
    this.#options = { ...this.#options, ...target };
    this.#key = webhookKey(this.#options.secret);
    this.#pump();
  }

  add({ chain, type, timestamp, data, last }: WarehouseEvent): void {
    const body = JSON.stringify({ type, timestamp, data });
    const webhook = { id: `msg_${randomUUID()}`, chain, type, body, attempts: 0 };
    this.counts.events += 1;
    const held = this.#held.get(chain);
    if (!held && !last && this.#faults.reorders(type)) {
      this.#hold(webhook);
      return;
    }
    this.#append(webhook);
    if (held) {
      this.counts.reordered += 1;
      this.#letGo(chain);
    }
    this.#pump();
  }

  /** Events that nobody has acknowledged yet. */
  outstanding(): number {
    let sum = this.#held.size;
    for (const chain of this.#chains.values()) sum += chain.length;
    return sum;
  }

  refused(): WebhookState['refused'] {
    return this.#refused;
  }

  state(): WebhookState {
    const held = [...this.#held.values()].map(({ webhook }) => webhook);
    return {
      unsent: [...[...this.#chains.values()].flat(), ...held],
      refused: this.#refused,
      counts: this.counts,
    };
  }

  /** Attempts under way get a moment to be answered; what is unanswered then stays unsent, with its id. */
  async close(graceMs = 1000): Promise<void> {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    clearTimeout(this.#pause);
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    const grace = setTimeout(() => this.#stop.abort(), graceMs);
    this.#ready.clear();
    this.#options = { ...this.#options, concurrency: 0 };
    await Promise.all(this.#underWay);
    clearTimeout(grace);
    await this.#agent.destroy();
  }

  #append(webhook: OutgoingWebhook): void {
    const chain = this.#chains.get(webhook.chain);
    if (chain) chain.push(webhook);
    else {
      this.#chains.set(webhook.chain, [webhook]);
      this.#ready.add(webhook.chain);
    }
  }

  #hold(webhook: OutgoingWebhook): void {
    const timer = setTimeout(() => {
      this.#letGo(webhook.chain);
      this.#pump();
    }, SWAP_WITHIN_MS);
    this.#held.set(webhook.chain, { webhook, timer });
  }

  #letGo(chain: string): void {
    const held = this.#held.get(chain);
    if (!held) return;
    clearTimeout(held.timer);
    this.#held.delete(chain);
    this.#append(held.webhook);
  }

  #pump(): void {
    if (this.#options.url === undefined || this.#pause || this.#faults.isDown()) return;
    for (const chain of this.#ready) {
      if (this.#underWay.size >= this.#options.concurrency) return;
      this.#ready.delete(chain);
      const attempt = this.#sendHead(chain).finally(() => {
        this.#underWay.delete(attempt);
        this.#pump();
      });
      this.#underWay.add(attempt);
    }
  }

  /** The chain stays out of `#ready` until this head is settled: that keeps the chain in order. */
  async #sendHead(chain: string): Promise<void> {
    const queue = this.#chains.get(chain);
    const head = queue?.[0];
    if (!queue || !head) return;
    const answer = await this.#attempt(head);
    if (typeof answer === 'object' && 'again' in answer) {
      this.#later(chain, answer.again);
      return;
    }
    if (answer === 'acknowledged') {
      this.counts.acknowledged += 1;
      if (this.#faults.duplicates(head.type)) {
        this.counts.duplicated += 1;
        await this.#attempt(head);
      }
    } else this.#refuse(head, answer.refused);
    queue.shift();
    if (queue.length > 0) this.#ready.add(chain);
    else this.#chains.delete(chain);
  }

  #later(chain: string, waitMs: number): void {
    if (this.#stop.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(chain);
      this.#ready.add(chain);
      this.#pump();
    }, waitMs);
    this.#waiting.set(chain, timer);
  }

  #refuse({ id, type, body }: OutgoingWebhook, status: number): void {
    this.counts.refused += 1;
    if (this.#refused.length < KEPT_REFUSALS) this.#refused.push({ id, type, status, body });
  }

  async #attempt(webhook: OutgoingWebhook): Promise<Answer> {
    webhook.attempts += 1;
    this.counts.attempts += 1;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(webhook.attempts - 1, 10));
    try {
      const { statusCode, headers, body } = await request(this.#options.url ?? '', {
        method: 'POST',
        dispatcher: this.#agent,
        signal: this.#stop.signal,
        headers: { 'content-type': 'application/json', ...signed(webhook, this.#key) },
        body: webhook.body,
      });
      await body.dump();
      this.#nextPauseMs = FIRST_WAIT_MS;
      if (statusCode >= 200 && statusCode < 300) return 'acknowledged';
      if (NOT_UNDERSTOOD.has(statusCode)) return { refused: statusCode };
      const asked = Number(headers['retry-after']);
      return { again: statusCode === 429 && asked > 0 ? asked * 1000 : wait };
    } catch {
      this.#pauseAll();
      return { again: wait };
    }
  }

  #pauseAll(): void {
    if (this.#pause || this.#stop.signal.aborted) return;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#pump();
    }, this.#nextPauseMs);
    this.#nextPauseMs = Math.min(LONGEST_PAUSE_MS, this.#nextPauseMs * 2);
  }
}

/** Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`. A fresh time per attempt, or a long outage outlives the receiver's tolerance. */
function signed({ id, body }: OutgoingWebhook, key: Buffer): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** @throws RangeError when the secret has not the form that Standard Webhooks asks for. */
function webhookKey(secret: string): Buffer {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  if (!encoded) {
    throw new RangeError(
      'The webhook secret must be "whsec_" followed by base64. Make one with: echo whsec_$(openssl rand -base64 32)',
    );
  }
  return Buffer.from(encoded, 'base64');
}
