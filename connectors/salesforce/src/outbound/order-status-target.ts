import type { OrderStatusPublish } from '@trunkline/canonical';
import type { Delivery, Outcome, Target, Verification } from '@trunkline/messaging';
import { rowsOf, type SalesforceClient, UnreadableAnswer } from '../client.ts';
import type { SalesforceSettings } from '../config.ts';
import { classifyAnswer, classifyErrors, classifyFailure } from '../error-classification.ts';
import { refusalOf as refusalOfAll } from '../inbound/refusals.ts';
import { errorsOf } from '../reported-errors.ts';
import { asRecord, textOf } from '../json-shape.ts';
import { soqlString, stampMs } from '../soql.ts';
import { ORDER_FIELDS, ORDER_KEY_FIELD, orderRecord, readPublish } from '../translators/order-status.ts';

/** sObject Collections take at most 200 records. */
const BATCH = 200;
/** Order ids have at most 80 characters: 100 of them stay under the 16,384 characters of a request line. */
const KEYS_PER_QUERY = 100;

interface Publishing {
  readonly index: number;
  readonly publish: OrderStatusPublish;
}

/**
 * `order-status.publish`: collections upsert by external id, allOrNone false. Idempotent, so a repeat is harmless. A well-formed
 * call is answered HTTP 200 even when records fail, hence each record's own result decides its delivery.
 */
export function createOrderStatusTarget(
  system: string,
  client: SalesforceClient,
  settings: SalesforceSettings,
): Target {
  const object = settings.orderObject;
  const upsertPath = `${client.root}/composite/sobjects/${object}/${ORDER_KEY_FIELD}`;

  return {
    batch: BATCH,
    concurrency: 2,
    lingerMs: 50,
    async deliver(deliveries, signal) {
      const outcomes: (Outcome | undefined)[] = deliveries.map(refusalOf);
      const publishing = publishingsOf(deliveries);
      if (publishing.length > 0) {
        const results = await upsert(publishing, signal);
        publishing.forEach(({ index }, i) => {
          outcomes[index] = results[i] ?? UNANSWERED;
        });
      }
      return outcomes.map((outcome) => outcome ?? UNANSWERED);
    },
    async verify(deliveries, signal) {
      const verdicts: Verification[] = deliveries.map(() => ({
        kind: 'undecided',
        detail: 'The command cannot be read, so there is nothing to look for.',
      }));
      const publishing = publishingsOf(deliveries);
      for (let start = 0; start < publishing.length; start += KEYS_PER_QUERY) {
        const some = publishing.slice(start, start + KEYS_PER_QUERY);
        const found = await lookUp(some, signal);
        some.forEach((one) => {
          verdicts[one.index] =
            'kind' in found
              ? found
              : compare(orderRecord(one.publish, object, system), found.get(one.publish.orderId));
        });
      }
      return verdicts;
    },
  };

  async function upsert(publishing: readonly Publishing[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const records = publishing.map(({ publish }) => orderRecord(publish, object, system));
    const all = (outcome: Outcome) => publishing.map(() => outcome);
    try {
      const body = { allOrNone: false, records };
      const answer = await client.call({ method: 'PATCH', path: upsertPath, body }, signal);
      if (answer.status !== 200 || !Array.isArray(answer.body)) {
        return all(classifyAnswer(answer, ORDER_KEY_FIELD));
      }
      // Results carry no external id: only their number and order tie them to the records.
      if (answer.body.length !== records.length) return all(UNANSWERED);
      return answer.body.map(recordOutcome);
    } catch (error) {
      return all(classifyFailure(error));
    }
  }

  async function lookUp(
    publishing: readonly Publishing[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>> | Undecided> {
    const keys = publishing.map(({ publish }) => soqlString(publish.orderId)).join(', ');
    const soql = `SELECT ${ORDER_FIELDS.join(', ')} FROM ${object} WHERE ${ORDER_KEY_FIELD} IN (${keys})`;
    const path = `${client.root}/query?q=${encodeURIComponent(soql)}`;
    try {
      const { rows, done } = rowsOf(await client.call({ method: 'GET', path }, signal));
      if (!done) return { kind: 'undecided', detail: 'Salesforce gave only a part of the rows.' };
      return new Map(rows.map(asRecord).map((row) => [String(row[ORDER_KEY_FIELD]), row]));
    } catch (error) {
      const refusal = refusalOfAll(error);
      const detail = error instanceof UnreadableAnswer ? error.message : wordsOf(classifyFailure(error));
      return { kind: 'undecided', detail, ...(refusal === undefined ? {} : { refusal }) };
    }
  }
}

const UNANSWERED: Outcome = {
  kind: 'unknown',
  code: 'outcome_unknown',
  detail: 'Salesforce answered HTTP 200 without a readable result for this record.',
};

function refusalOf(delivery: Delivery): Outcome | undefined {
  if (delivery.type !== 'order-status.publish') {
    return {
      kind: 'rejected',
      code: 'target_misconfigured',
      detail: `The salesforce connector has no operation for ${delivery.type}; it takes order-status.publish. Correct the route.`,
    };
  }
  const reading = readPublish(delivery.payload);
  if ('publish' in reading) return undefined;
  return {
    kind: 'invalid',
    detail: `The command order-status.publish of flow ${delivery.flow} breaks its contract.`,
    faults: reading.faults,
  };
}

function publishingsOf(deliveries: readonly Delivery[]): Publishing[] {
  return deliveries.flatMap((delivery, index) => {
    if (delivery.type !== 'order-status.publish') return [];
    const reading = readPublish(delivery.payload);
    return 'publish' in reading ? [{ index, publish: reading.publish }] : [];
  });
}

function recordOutcome(result: unknown): Outcome {
  const { success, errors } = asRecord(result);
  if (success === true) return { kind: 'succeeded' };
  if (success === false) return classifyErrors(errorsOf(errors), ORDER_KEY_FIELD);
  return UNANSWERED;
}

/**
 * The row shows all that was to be written, or a state that is later by more than a second. A status and a stamp of the same second
 * prove nothing: an order may move twice within it, and Salesforce drops the milliseconds of a dateTime.
 */
function compare(
  asked: Readonly<Record<string, unknown>>,
  row: Readonly<Record<string, unknown>> | undefined,
): Verification {
  if (row === undefined) return { kind: 'absent' };
  const stamp = textOf(row['Updated_At__c']);
  const there = stamp === undefined ? Number.NaN : Math.floor(stampMs(stamp) / 1000);
  const ours = Math.floor(Date.parse(String(asked['Updated_At__c'])) / 1000);
  if (there > ours + 1) return { kind: 'present' };
  const equal = ORDER_FIELDS.every((field) => field === 'Updated_At__c' || same(asked[field], row[field]));
  return equal && there === ours ? { kind: 'present' } : { kind: 'absent' };
}

/** A field that is left out of the record is not compared; Salesforce gives an id that was written in 15 characters back in 18. */
function same(asked: unknown, there: unknown): boolean {
  if (asked === undefined) return true;
  if (typeof asked === 'string' && typeof there === 'string' && asked.length === 15)
    return there.startsWith(asked);
  return (asked ?? null) === (there ?? null);
}

type Undecided = Verification & { readonly kind: 'undecided' };

function wordsOf(outcome: Outcome): string {
  return 'detail' in outcome ? outcome.detail : outcome.kind;
}
