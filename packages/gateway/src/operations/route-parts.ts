import Type from 'typebox';

/** What the operations API's routes have in common. */

export const Limit = (fallback: number) => Type.Integer({ minimum: 1, maximum: 500, default: fallback });
export const Offset = Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 });
export const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 500 }) });
export const Done = Type.Object({ done: Type.Literal(true) });
export const security = [{ session: [] }, { token: [] }];
export const answers = (ok: Type.TSchema) => ({
  200: ok,
  '4xx': Type.Ref('Problem'),
  '5xx': Type.Ref('Problem'),
});
