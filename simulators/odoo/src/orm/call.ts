import type { Env } from './env.ts';
import { accessError, httpError, OdooError } from './errors.ts';
import type { Values } from './field.ts';
import type { Method } from './model.ts';

/** How the caller speaks: JSON-2 and execute_kw name the same mistakes differently (recording 15). */
export type Transport = 'json2' | 'jsonrpc';

export interface Call {
  readonly transport: Transport;
  readonly model: string;
  readonly method: string;
  readonly ids: number[] | undefined;
  readonly args: Values;
}

/** A Python method without a result: `null` on JSON-2, no `result` member on JSON-RPC. */
export const isNone = (result: unknown) => result === undefined || result === null;

/** Finds the method, refusing what can't be called remotely. */
export function findMethod(env: Env, transport: Transport, modelName: string, name: string): Method {
  const model = env.db.models.get(modelName);
  if (!model)
    throw transport === 'json2'
      ? httpError(404, `the model '${modelName}' does not exist`)
      : new OdooError('odoo.exceptions.UserError', 422, `Object ${modelName} doesn't exist`);
  // Public on 18, closed to clients on 19 (recording 16 of both).
  const hidden = name === 'exists' && env.major >= 19;
  if (name.startsWith('_') || hidden)
    throw accessError(
      `Private methods (such as ${env.major === 18 ? name : `'${modelName}.${name}'`}) cannot be called remotely.`,
    );
  const method = model.methods[name];
  if (method) return method;
  if (transport === 'json2') throw httpError(404, `The method '${modelName}.${name}' does not exist`);
  throw new OdooError(
    'builtins.AttributeError',
    500,
    env.major === 18
      ? `The method '${name}' does not exist on the model '${modelName}'`
      : `The method '${modelName}.${name}' does not exist`,
  );
}

/** Checks the named arguments against the signature, in the words of the transport. */
export function bindArguments(call: Call, method: Method): void {
  const parameters = method.parameters ?? [];
  const refuse = (message: string) =>
    call.transport === 'json2'
      ? httpError(422, message)
      : new OdooError('builtins.TypeError', 500, `BaseModel.${call.method}() ${message}`);
  for (const name of Object.keys(call.args))
    if (!method.open && !parameters.includes(name))
      throw refuse(`got an unexpected keyword argument '${name}'`);
  for (const name of parameters.slice(0, method.required ?? 0))
    if (!(name in call.args))
      throw call.transport === 'json2'
        ? refuse(`missing a required argument: '${name}'`)
        : refuse(`missing 1 required positional argument: '${name}'`);
  if (call.ids !== undefined && method.on === 'model' && call.transport === 'json2')
    throw httpError(422, `cannot call ${call.model}.${call.method} with ids`);
}

/** Runs a call; when it fails, everything it changed is undone. */
export function run(env: Env, call: Call): unknown {
  const method = findMethod(env, call.transport, call.model, call.method);
  bindArguments(call, method);
  try {
    return method.run(env, call.ids ?? [], call.args);
  } catch (error) {
    env.rollback();
    throw error;
  }
}
