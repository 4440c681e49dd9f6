/** Named arguments of a model method, as its Python signature names them. */
export interface CallArguments {
  /** The records that the method works on. Left out for methods of the model itself (`search_read`, `load`). */
  readonly ids?: readonly number[];
  readonly context?: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

/** One way of calling a model method on one database as one user. */
export interface Transport {
  readonly name: 'json2' | 'jsonrpc';
  /** @throws OdooError */
  call(model: string, method: string, args: CallArguments, signal?: AbortSignal): Promise<unknown>;
}
