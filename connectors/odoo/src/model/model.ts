import type { OdooClient } from '../client.ts';
import { catalogueOf, type FieldCatalogue } from '../field-catalogue.ts';
import type { CallArguments } from '../transport/transport.ts';
import type { Domain } from './domain.ts';
import type { FieldName, ModelShape, Row, Values } from './shapes.ts';
import { translateDomain, translateValues } from './translate.ts';
import { readRow } from './values.ts';

/** What every call takes besides its own arguments. */
export interface ModelCallOptions {
  /** Odoo's context: `lang`, `tz`, `active_test: false` to see archived records, `allowed_company_ids`. */
  readonly context?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

export interface SearchOptions extends ModelCallOptions {
  readonly limit?: number;
  readonly offset?: number;
  /** `date_order desc, id`. */
  readonly order?: string;
}

/**
 * One model of the database. Values come and go by the type that the server itself states for each field: one `fields_get` per
 * model and quarter of an hour.
 *
 * Every method throws `OdooError`, with Odoo's own message and the exception's Python class in `name`;
 * `classifyOdooError(error)` says whether to try again, what a person can do, or that the effect is open.
 */
export interface OdooModel<M extends ModelShape> {
  /** `read` of what matches, in one call. From Odoo's `search_read`. @throws OdooError */
  searchRead<F extends FieldName<M>>(
    domain: Domain<M>,
    fields: readonly F[],
    options?: SearchOptions,
  ): Promise<Row<M, F>[]>;
  /**
   * The same page by page, ordered by id: memory holds one page, and a record that is added or removed meanwhile shifts nothing.
   * @throws OdooError
   */
  each<F extends FieldName<M>>(
    domain: Domain<M>,
    fields: readonly F[],
    options?: ModelCallOptions & { readonly pageSize?: number },
  ): AsyncGenerator<Row<M, F>>;
  /** Ids of what matches. @throws OdooError */
  search(domain: Domain<M>, options?: SearchOptions): Promise<number[]>;
  searchCount(domain: Domain<M>, options?: ModelCallOptions): Promise<number>;
  /** Records by id. One that does not exist (any more) is absent: Odoo takes that for no error. @throws OdooError */
  read<F extends FieldName<M>>(
    ids: readonly number[],
    fields: readonly F[],
    options?: ModelCallOptions,
  ): Promise<Row<M, F>[]>;
  /**
   * Creates one record. Sent twice it creates two: after a lost answer look first, or use `load()` with an external id.
   * @returns its id @throws OdooError
   */
  create(values: Values<M>, options?: ModelCallOptions): Promise<number>;
  /** Creates all or none, in one transaction. @returns ids in the order given @throws OdooError */
  createMany(values: readonly Values<M>[], options?: ModelCallOptions): Promise<number[]>;
  /** The same values into all of the records. @throws OdooError */
  write(ids: readonly number[], values: Values<M>, options?: ModelCallOptions): Promise<void>;
  /** @throws OdooError */
  unlink(ids: readonly number[], options?: ModelCallOptions): Promise<void>;
  /**
   * Any other public method, with its arguments by name and its answer as Odoo gives it. An action or wizard in the answer
   * means that Odoo asks something and did nothing. @throws OdooError
   */
  call<T = unknown>(method: string, args?: CallArguments, options?: { signal?: AbortSignal }): Promise<T>;
  /** The fields as this server states them. @throws OdooError */
  fields(): Promise<FieldCatalogue>;
}

const PAGE_SIZE = 500;

export function openModel<M extends ModelShape>(client: OdooClient, model: string): OdooModel<M> {
  const catalogues = (name: string): Promise<FieldCatalogue> => catalogueOf(client, name);
  const call = <T>(method: string, args: CallArguments, options: ModelCallOptions = {}): Promise<T> => {
    const { context, signal } = options;
    return client.call<T>(model, method, context === undefined ? args : { ...args, context }, { signal });
  };
  const rows = async (answer: readonly Record<string, unknown>[]): Promise<Record<string, unknown>[]> => {
    const catalogue = await catalogues(model);
    return answer.map((row) => readRow(catalogue, row));
  };
  const searchRead = async (
    domain: readonly unknown[],
    fields: readonly string[],
    options: SearchOptions = {},
  ) =>
    rows(
      await call<Record<string, unknown>[]>(
        'search_read',
        { domain: await translateDomain(catalogues, model, domain), fields, ...windowOf(options) },
        options,
      ),
    );
  const createMany = async (values: readonly object[], options?: ModelCallOptions): Promise<number[]> => {
    if (values.length === 0) return [];
    const lists = await Promise.all(
      values.map((one) => translateValues(catalogues, model, one as Record<string, unknown>)),
    );
    return call<number[]>('create', { vals_list: lists }, options);
  };

  const opened: OdooModel<AnyShape> = {
    searchRead: async (domain, fields, options) => (await searchRead(domain, fields, options)) as never,
    async *each(domain, fields, { pageSize = PAGE_SIZE, ...options } = {}) {
      let last = 0;
      for (;;) {
        const after = [...domain, ['id', '>', last]];
        const page = await searchRead(after, fields, { ...options, order: 'id', limit: pageSize });
        yield* page as never[];
        if (page.length < pageSize) return;
        last = page.at(-1)?.['id'] as number;
      }
    },
    search: async (domain, options = {}) =>
      call<number[]>(
        'search',
        { domain: await translateDomain(catalogues, model, domain), ...windowOf(options) },
        options,
      ),
    searchCount: async (domain, options) =>
      call<number>('search_count', { domain: await translateDomain(catalogues, model, domain) }, options),
    read: async (ids, fields, options) =>
      ids.length === 0
        ? []
        : ((await rows(await call<Record<string, unknown>[]>('read', { ids, fields }, options))) as never),
    create: async (values, options) => (await createMany([values], options))[0] as number,
    createMany,
    write: async (ids, values, options) => {
      await call('write', { ids, vals: await translateValues(catalogues, model, values) }, options);
    },
    unlink: async (ids, options) => {
      await call('unlink', { ids }, options);
    },
    call: (method, args = {}, options = {}) => client.call(model, method, args, options),
    fields: () => catalogues(model),
  };
  return opened as unknown as OdooModel<M>;
}

type AnyShape = Readonly<Record<string, { readonly type: 'any' }>>;

function windowOf({ limit, offset, order }: SearchOptions): Record<string, unknown> {
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
    ...(order === undefined ? {} : { order }),
  };
}
