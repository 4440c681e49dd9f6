import { relationOf } from '../orm/field.ts';
import type { Field } from '../orm/field.ts';
import type { Model } from '../orm/model.ts';
import { isStamp } from './correspondence.ts';
import type { Correspondence } from './correspondence.ts';
import type { ModelRequest } from './request.ts';

type Json = Record<string, unknown>;

/** `values` compares meaning, `shape` only keys and types. */
export type Strictness = 'values' | 'shape';

/** Texts that a server makes up per release and that say nothing to a client. */
const OPAQUE = new Set(['debug', 'view_id', 'views', 'registry_hash', 'help', 'search_view_id']);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Compares a recorded body with a simulated one and collects every difference as `path: what`. */
export class Comparison {
  readonly differences: string[] = [];
  readonly #models: ReadonlyMap<string, Model>;
  readonly #known: Correspondence;
  readonly #strict: boolean;

  constructor(models: ReadonlyMap<string, Model>, known: Correspondence, strictness: Strictness) {
    this.#models = models;
    this.#known = known;
    this.#strict = strictness === 'values';
  }

  /** The result of a model method. */
  result(request: ModelRequest, recorded: unknown, simulated: unknown): void {
    const { model, method } = request;
    if (['create', 'search', 'copy', 'exists'].includes(method))
      return this.#ids('result', model, recordset(recorded), recordset(simulated));
    if (method === 'load') return this.#load(model, recorded, simulated);
    if (method === 'name_search') return this.#pairs(model, recorded, simulated);
    if (method === 'get_external_id') return this.#externalIds(model, recorded, simulated);
    if (method === 'fields_get') return this.#fields(recorded, simulated);
    if (method === 'read' || method === 'search_read') return this.#records('', model, recorded, simulated);
    if (method === 'web_search_read' && isObject(recorded) && isObject(simulated)) {
      this.plain('length', recorded['length'], simulated['length']);
      return this.#records('records', model, recorded['records'], simulated['records']);
    }
    if (method.endsWith('read_group')) return this.#records('', model, recorded, simulated);
    if (method === 'message_post') return this.#sameType('result', recorded, simulated);
    this.#action(recorded, simulated);
  }

  /** Anything without ids: texts, numbers, lists and objects by their keys. */
  plain(path: string, recorded: unknown, simulated: unknown): void {
    if (Array.isArray(recorded) && Array.isArray(simulated)) {
      if (recorded.length !== simulated.length && this.#strict)
        return this.#differ(path, recorded, simulated);
      const both = recorded.slice(0, simulated.length);
      for (const [at, each] of both.entries()) this.plain(`${path}[${at}]`, each, simulated[at]);
    } else if (isObject(recorded) && isObject(simulated)) {
      this.#sameKeys(path, recorded, simulated);
      for (const [key, each] of Object.entries(recorded))
        if (OPAQUE.has(key)) this.#sameType(`${path}.${key}`, each, simulated[key]);
        else if (key in simulated) this.plain(`${path}.${key}`, each, simulated[key]);
    } else this.#scalar(path, recorded, simulated);
  }

  #scalar(path: string, recorded: unknown, simulated: unknown): void {
    if (isStamp(recorded) && isStamp(simulated)) return this.#known.noteStamp(recorded, simulated);
    if (!this.#strict) return this.#sameType(path, recorded, simulated);
    if (typeof recorded === 'string' && typeof simulated === 'string') {
      if (!this.#known.sameText(unbranded(recorded), unbranded(simulated)))
        this.#differ(path, recorded, simulated);
    } else if (recorded !== simulated) this.#differ(path, recorded, simulated);
  }

  #sameType(path: string, recorded: unknown, simulated: unknown): void {
    if (Array.isArray(recorded) !== Array.isArray(simulated) || typeof recorded !== typeof simulated)
      this.#differ(path, recorded, simulated);
  }

  #sameKeys(path: string, recorded: Json, simulated: Json): void {
    const [theirs, ours] = [Object.keys(recorded).sort().join(), Object.keys(simulated).sort().join()];
    if (theirs !== ours) this.#differ(`${path} keys`, theirs, ours);
  }

  #records(path: string, model: string, recorded: unknown, simulated: unknown): void {
    if (!Array.isArray(recorded) || !Array.isArray(simulated)) return this.plain(path, recorded, simulated);
    if (recorded.length !== simulated.length)
      return this.#differ(`${path} length`, recorded.length, simulated.length);
    for (const [at, each] of recorded.entries())
      this.#record(`${path}[${at}]`, model, each as Json, simulated[at] as Json);
  }

  #record(path: string, model: string, recorded: Json, simulated: Json): void {
    this.#sameKeys(path, recorded, simulated);
    const fields = this.#models.get(model)?.fields ?? {};
    for (const [name, value] of Object.entries(recorded)) {
      const at = `${path}.${name}`;
      if (!(name in simulated)) continue;
      const field = fields[name];
      if (name === 'id') this.#id(at, model, value, simulated[name]);
      else if (name === '__extra_domain' || name === '__domain') this.#sameType(at, value, simulated[name]);
      else if (field?.relation) this.#relation(at, field, value, simulated[name]);
      else this.plain(at, value, simulated[name]);
    }
  }

  #relation(path: string, field: Field, recorded: unknown, simulated: unknown): void {
    const relation = relationOf(field);
    if (field.type === 'many2one' && Array.isArray(recorded) && Array.isArray(simulated)) {
      this.#id(path, relation, recorded[0], simulated[0]);
      this.plain(`${path}.name`, recorded[1], simulated[1]);
    } else if (isObject(recorded) && isObject(simulated)) this.#record(path, relation, recorded, simulated);
    else if (Array.isArray(recorded) && isObject(recorded[0]))
      this.#records(path, relation, recorded, simulated);
    else if (field.type !== 'many2one') this.#ids(path, relation, recorded, simulated);
    else this.plain(path, recorded, simulated);
  }

  #ids(path: string, model: string, recorded: unknown, simulated: unknown): void {
    if (!Array.isArray(recorded) || !Array.isArray(simulated))
      return this.#id(path, model, recorded, simulated);
    if (recorded.length !== simulated.length) return this.#differ(path, recorded, simulated);
    for (const [at, id] of recorded.entries()) this.#id(`${path}[${at}]`, model, id, simulated[at]);
  }

  #id(path: string, model: string, recorded: unknown, simulated: unknown): void {
    if (typeof recorded !== 'number' || typeof simulated !== 'number')
      return this.plain(path, recorded, simulated);
    if (!this.#known.sameId(model, recorded, simulated) && this.#strict)
      this.#differ(path, `${model} ${recorded} (here ${this.#known.idOf(model, recorded)})`, simulated);
  }

  #load(model: string, recorded: unknown, simulated: unknown): void {
    const [theirs, ours] = [recorded as Json, simulated as Json];
    this.#sameKeys('', theirs, ours);
    this.#ids('ids', model, theirs['ids'], ours['ids']);
    this.plain('messages', theirs['messages'], ours['messages']);
    this.plain('nextrow', theirs['nextrow'], ours['nextrow']);
  }

  #pairs(model: string, recorded: unknown, simulated: unknown): void {
    const [theirs, ours] = [recorded as [number, string][], simulated as [number, string][]];
    if (theirs.length !== ours.length) return this.#differ('result', recorded, simulated);
    for (const [at, [id, name]] of theirs.entries()) {
      this.#id(`[${at}]`, model, id, ours[at]?.[0]);
      this.plain(`[${at}].name`, name, ours[at]?.[1]);
    }
  }

  #externalIds(model: string, recorded: unknown, simulated: unknown): void {
    const ours = simulated as Json;
    for (const [id, name] of Object.entries(recorded as Json))
      this.plain(id, name, ours[String(this.#known.idOf(model, Number(id)))]);
    this.plain('size', Object.keys(recorded as Json).length, Object.keys(ours).length);
  }

  /** Every simulated field exists in the recorded server with the same type, relation and choices. */
  #fields(recorded: unknown, simulated: unknown): void {
    const theirs = recorded as Record<string, Json>;
    for (const [name, field] of Object.entries(simulated as Record<string, Json>)) {
      const real = theirs[name];
      if (!real) this.#differ(name, undefined, field);
      else
        for (const key of ['type', 'relation', 'relation_field', 'selection', 'string', 'company_dependent'])
          if (key in field || key in real) this.plain(`${name}.${key}`, real[key], field[key]);
    }
  }

  /** `true`, null, or the description of a window whose context refers to records. */
  #action(recorded: unknown, simulated: unknown): void {
    if (!isObject(recorded) || !isObject(simulated)) return this.plain('result', recorded, simulated);
    const { context: theirs, res_id: theirId, ...recordedRest } = recorded;
    const { context: ours, res_id: ourId, ...simulatedRest } = simulated;
    this.plain('result', recordedRest, simulatedRest);
    if (theirId !== undefined) this.#id('res_id', String(recorded['res_model']), theirId, ourId);
    if (isObject(theirs) && isObject(ours)) this.#context(theirs, ours);
  }

  #context(recorded: Json, simulated: Json): void {
    this.#sameKeys('context', recorded, simulated);
    for (const [key, value] of Object.entries(recorded)) {
      const model = CONTEXT_MODELS[key];
      if (!model) this.plain(`context.${key}`, value, simulated[key]);
      else this.#contextIds(`context.${key}`, model, value, simulated[key]);
    }
  }

  #contextIds(path: string, model: string, recorded: unknown, simulated: unknown): void {
    const [theirs, ours] = [numbersIn(recorded), numbersIn(simulated)];
    this.#ids(path, model, theirs, ours);
  }

  #differ(path: string, recorded: unknown, simulated: unknown): void {
    const short = (value: unknown) => String(JSON.stringify(value)).slice(0, 200);
    this.differences.push(`${path}: recorded ${short(recorded)}, simulated ${short(simulated)}`);
  }
}

/** The ids in `stock.lot(8, 9)`, which 18 answers in place of a list; anything else as it is. */
const recordset = (value: unknown): unknown =>
  typeof value === 'string' ? [...value.matchAll(/\d+/g)].map(([id]) => Number(id)) : value;

/** The recorded 18 calls itself by another brand, and each server names its own database port. */
const unbranded = (text: string) =>
  text.replace(/^\w+ (Server Error|Session Expired)$/, 'Odoo $1').replace(/port \d+ failed/, 'port # failed');

const CONTEXT_MODELS: Record<string, string> = {
  button_validate_picking_ids: 'stock.picking',
  default_pick_ids: 'stock.picking',
  default_picking_ids: 'stock.picking',
  default_lot_ids: 'stock.lot',
  default_quant_ids: 'stock.quant',
  default_quant_to_fix_ids: 'stock.quant',
  default_order_id: 'sale.order',
  default_product_ids: 'product.product',
  default_partner_id: 'res.partner',
  default_partner_shipping_id: 'res.partner',
};

/** The ids in `[1, 2]`, `[[4, 1]]`, `[[6, 0, [1, 2]]]` or a bare id. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return (value as unknown[]).flatMap((each) => {
    if (typeof each === 'number') return [each];
    const command = each as unknown[];
    return command[0] === 6 ? (command[2] as number[]) : [command[1] as number];
  });
}
