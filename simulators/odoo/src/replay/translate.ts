import type { Field } from '../orm/field.ts';
import type { Model } from '../orm/model.ts';
import { isStamp } from './correspondence.ts';
import type { Correspondence } from './correspondence.ts';
import type { ModelRequest } from './request.ts';

type Json = Record<string, unknown>;

/** A recorded id that no exchange or set-up before this one made known. */
export class UnknownId extends Error {
  constructor(model: string, id: number) {
    super(`${model} ${id} was made by an unrecorded call`);
  }
}

/** Puts the simulator's ids and times into a recorded request. */
export class Translator {
  readonly #models: ReadonlyMap<string, Model>;
  readonly #known: Correspondence;

  constructor(models: ReadonlyMap<string, Model>, known: Correspondence) {
    this.#models = models;
    this.#known = known;
  }

  request(request: ModelRequest): ModelRequest {
    const model = this.#models.get(request.model);
    if (!model) return request;
    return {
      ...request,
      ids: request.method === 'search_count' ? request.ids : this.#ids(request.model, request.ids),
      args: this.#args(model, request.args),
      context: this.#context(request.context),
    };
  }

  #id(model: string, id: unknown): unknown {
    if (typeof id !== 'number') return id;
    const known = this.#known.idOf(model, id);
    if (known === undefined) throw new UnknownId(model, id);
    return known;
  }

  #ids(model: string, ids: unknown): unknown {
    return Array.isArray(ids) ? ids.map((id) => this.#id(model, id)) : this.#id(model, ids);
  }

  #args(model: Model, args: Json): Json {
    const translated: Json = { ...args };
    if (args['domain']) translated['domain'] = this.#domain(model, args['domain'] as unknown[]);
    if (args['vals']) translated['vals'] = this.#values(model, args['vals'] as Json);
    const list = args['vals_list'];
    if (Array.isArray(list)) translated['vals_list'] = list.map((each) => this.#values(model, each as Json));
    else if (list) translated['vals_list'] = this.#values(model, list as Json);
    if (args['data'])
      translated['data'] = this.#data(model, args['fields'] as string[], args['data'] as string[][]);
    return translated;
  }

  #domain(model: Model, domain: unknown[]): unknown[] {
    return domain.map((leaf) => {
      if (!Array.isArray(leaf)) return leaf;
      const [name, operator, value] = leaf as [string, string, unknown];
      const relation = name === 'id' ? model.name : model.fields[name]?.relation;
      if (relation) return [name, operator, this.#ids(relation, value)];
      return [name, operator, isStamp(value) ? this.#known.stampFor(value) : value];
    });
  }

  #values(model: Model, values: Json): Json {
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, this.#value(model.fields[name], value)]),
    );
  }

  #value(field: Field | undefined, value: unknown): unknown {
    const relation = field?.relation;
    if (relation === undefined) return value;
    return Array.isArray(value)
      ? value.map((each) => this.#command(relation, each))
      : this.#id(relation, value);
  }

  /** An x2many command, or a bare id. */
  #command(relation: string, command: unknown): unknown {
    if (!Array.isArray(command)) return this.#id(relation, command);
    const [code, id, payload] = command as [number, unknown, unknown];
    const here = [1, 2, 3, 4].includes(code) ? this.#id(relation, id) : id;
    if (Array.isArray(payload)) return [code, here, this.#ids(relation, payload)];
    const model = this.#models.get(relation);
    const isRecord = typeof payload === 'object' && payload !== null && model !== undefined;
    return command.length < 3
      ? [code, here]
      : [code, here, isRecord ? this.#values(model, payload as Json) : payload];
  }

  #context(context: Json): Json {
    const translated: Json = {};
    for (const [key, value] of Object.entries(context))
      translated[key] = this.#contextValue(context, key, value);
    return translated;
  }

  #contextValue(context: Json, key: string, value: unknown): unknown {
    if (key === 'active_id' || key === 'active_ids') return this.#ids(String(context['active_model']), value);
    if (key === 'warehouse_id' || key === 'warehouse') return this.#id('stock.warehouse', value);
    if (key === 'location') return this.#id('stock.location', value);
    if (/^(button_validate_picking_ids|picking_ids_not_to_backorder)$/.test(key))
      return this.#ids('stock.picking', value);
    if (key === 'default_pick_ids')
      return (value as [number, number][]).map(([code, id]) => [code, this.#id('stock.picking', id)]);
    if (/^default_quant(_to_fix)?_ids$/.test(key)) return this.#ids('stock.quant', value);
    return value;
  }

  /** Columns of database ids (`product_id/.id`) hold them as text. */
  #data(model: Model, fields: string[], data: string[][]): string[][] {
    const relations = fields.map((path) =>
      path.endsWith('/.id') ? this.#relationAt(model, path.split('/')) : undefined,
    );
    return data.map((row) =>
      row.map((cell, at) => {
        const relation = relations[at];
        return relation && cell ? String(this.#id(relation, Number(cell))) : cell;
      }),
    );
  }

  #relationAt(model: Model, path: string[]): string | undefined {
    let current: Model | undefined = model;
    let relation: string | undefined;
    for (const name of path.slice(0, -1)) {
      relation = current?.fields[name]?.relation;
      current = relation ? this.#models.get(relation) : undefined;
    }
    return relation;
  }
}
