import { isNone } from '../orm/call.ts';
import type { Call } from '../orm/call.ts';
import { httpError } from '../orm/errors.ts';
import type { OdooError } from '../orm/errors.ts';
import type { Values } from '../orm/field.ts';

/** The body of an error answer. `debug` of a real server holds a traceback; here it says where it comes from. */
export const errorBody = (error: OdooError) => ({
  name: error.pythonName,
  message: error.message,
  arguments: error.arguments,
  context: {},
  debug: `Traceback (most recent call last):\n  [simulated]\n${error.pythonName}: ${error.message}\n`,
});

export interface Json2Request extends Call {
  readonly context: Values;
}

/** A body's named arguments, with `ids` and `context` taken out. Throws 400 for what is no JSON object. */
export function parseJson2(model: string, method: string, body: string): Json2Request {
  const parsed = parseBody(body);
  const { ids, context, ...args } = parsed;
  return {
    transport: 'json2',
    model,
    method,
    ids: ids === undefined ? undefined : typeof ids === 'number' ? [ids] : (ids as number[]),
    args,
    context: (context as Values | undefined) ?? {},
  };
}

function parseBody(body: string): Values {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw httpError(400, `could not parse the body as json: ${pythonJsonError(body)}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw httpError(400, 'could not parse the body as json: a JSON object is expected');
  return parsed as Values;
}

/** Python's words for the commonest damage; a real server names the place of any. */
function pythonJsonError(body: string): string {
  if (body.trim() === '') return 'Expecting value: line 1 column 1 (char 0)';
  return 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)';
}

export const json2Result = (result: unknown) => (isNone(result) ? null : result);
