import { createHash } from 'node:crypto';
import { storableText } from '../storable-text.ts';

export interface RedactionRules {
  /** Names of fields, or their last steps with dots (`shipTo.email`); case, `_` and `-` do not matter. */
  readonly fields: readonly string[];
  /** Values that are hidden wherever they stand alone, e.g. the credentials of the configuration. */
  readonly secrets: readonly string[];
  /** Characters of one body that are kept at most. */
  readonly maxBody: number;
}

/** Always hidden. */
export const ALWAYS_REDACTED: readonly string[] = [
  'password',
  'passwd',
  'secret',
  'clientSecret',
  'token',
  'accessToken',
  'refreshToken',
  'idToken',
  'apiKey',
  'authorization',
  'assertion',
  'privateKey',
  'sessionId',
  'card',
  'cardNumber',
  'cvc',
  'cvv',
  'iban',
];
export const DEFAULT_MAX_BODY = 65_536;
/** A text that is longer is not looked into, and so not kept: what is cut cannot be redacted. */
const MAX_PARSED = 4_000_000;
/** Bodies above this are stored once for all exchanges of a slice that have them: a batch that is tried again is the same 100 KB again. */
const CLAIM_CHECK = 4096;
const HIDDEN = '[redacted]';

export interface KeptBody {
  readonly text: string | null;
  /** Characters of the whole body, redacted. */
  readonly size: number;
  /** Set when `text` stands aside under it. */
  readonly digest: Buffer | null;
}

/** What may be kept of what systems say to each other. */
export class Redactor {
  readonly #names = new Set<string>();
  readonly #paths: readonly (readonly string[])[];
  readonly #secrets: ReadonlySet<string>;
  readonly #maxBody: number;

  constructor(rules: RedactionRules) {
    const paths: (readonly string[])[] = [];
    for (const field of [...ALWAYS_REDACTED, ...rules.fields]) {
      const path = field.split('.').map(plain);
      if (path.length === 1) this.#names.add(path[0] ?? '');
      else paths.push(path);
    }
    this.#paths = paths;
    this.#secrets = new Set(rules.secrets);
    this.#maxBody = rules.maxBody;
  }

  body(value: unknown): KeptBody {
    if (value === undefined || value === null || value === '') return { text: null, size: 0, digest: null };
    const whole = storableText(this.#textOf(value));
    const text =
      whole.length > this.#maxBody
        ? `${storableText(whole, this.#maxBody)}… (cut: ${whole.length} characters in all)`
        : whole;
    const digest = text.length > CLAIM_CHECK ? createHash('sha256').update(text).digest() : null;
    return { text, size: whole.length, digest };
  }

  url(url: string): string {
    if (!url.includes('?')) return url;
    return url.replaceAll(/([?&])([^=&#]+)=([^&#]*)/g, (all, mark: string, name: string) =>
      this.#names.has(plain(decoded(name))) ? `${mark}${name}=${HIDDEN}` : all,
    );
  }

  #textOf(value: unknown): string {
    if (typeof value !== 'string') return JSON.stringify(this.#hide(value, [])) ?? '';
    if (value.length > MAX_PARSED) return `(not kept: ${value.length} characters)`;
    if (this.#secrets.has(value)) return HIDDEN;
    const first = value.trimStart()[0];
    if (first !== '{' && first !== '[') return value;
    try {
      return JSON.stringify(this.#hide(JSON.parse(value), []));
    } catch {
      return value;
    }
  }

  /** `path`: the names that lead here, places in lists left out. */
  #hide(value: unknown, path: readonly string[]): unknown {
    if (typeof value === 'string') return this.#secrets.has(value) ? HIDDEN : value;
    if (Array.isArray(value)) return value.map((each) => this.#hide(each, path));
    if (typeof value !== 'object' || value === null) return value;
    const kept: Record<string, unknown> = {};
    for (const [name, each] of Object.entries(value)) {
      const here = [...path, plain(name)];
      kept[name] = this.#isHidden(here) && each !== null ? HIDDEN : this.#hide(each, here);
    }
    return kept;
  }

  #isHidden(path: readonly string[]): boolean {
    if (this.#names.has(path.at(-1) ?? '')) return true;
    return this.#paths.some(
      (rule) =>
        rule.length <= path.length &&
        rule.every((step, index) => step === path[path.length - rule.length + index]),
    );
  }
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
