import { checkAccess } from '../models/access-rights.ts';
import { load } from '../load/load.ts';
import type { Env } from './env.ts';
import { userError } from './errors.ts';
import { externalIdsOf } from './external-ids.ts';
import type { Row, Values } from './field.ts';
import { fieldsGet } from './fields-get.ts';
import { group, groupFormatted } from './group.ts';
import type { Method } from './model.ts';
import { nameSearch } from './name-search.ts';
import { readRows } from './read.ts';
import { matching, search } from './search.ts';
import { webRead } from './web-read.ts';
import { createRecord, defaultValues, unlinkRecord, writeRecord } from './write.ts';

type Run = (env: Env, model: string, ids: number[], args: Values) => unknown;

/** A method of every model, before it is bound to one. */
interface BaseMethod extends Omit<Method, 'run'> {
  readonly run: Run;
}

const onModel = (run: Run, parameters: readonly string[] = [], required = 0, open = false): BaseMethod => ({
  on: 'model',
  parameters,
  required,
  open,
  run,
});

const onRecords = (run: Run, parameters: readonly string[] = [], required = 0, open = false): BaseMethod => ({
  ...onModel(run, parameters, required, open),
  on: 'records',
});

function find(env: Env, model: string, args: Values): Row[] {
  checkAccess(env, model, 'read');
  return search(env, env.model(model), args['domain'], {
    order: (args['order'] as string | undefined) || undefined,
    offset: args['offset'] as number | undefined,
    limit: (args['limit'] as number | undefined) || undefined,
  });
}

function read(env: Env, model: string, rows: Row[], args: Values) {
  const classic = !('load' in args) || args['load'] === '_classic_read';
  return readRows(env, env.model(model), rows, args['fields'] as string[] | undefined, classic);
}

const searching: Record<string, BaseMethod> = {
  search: onModel(
    (env, model, _ids, args) => find(env, model, args).map((row) => row.id),
    ['domain', 'offset', 'limit', 'order'],
    1,
  ),
  search_count: onModel(
    (env, model, _ids, args) => {
      checkAccess(env, model, 'read');
      const found = matching(env, env.model(model), args['domain']).length;
      return args['limit'] ? Math.min(found, Number(args['limit'])) : found;
    },
    ['domain', 'limit'],
    1,
  ),
  search_read: onModel(
    (env, model, _ids, args) => read(env, model, find(env, model, args), args),
    ['domain', 'fields', 'offset', 'limit', 'order'],
    0,
    true,
  ),
  read: onRecords(
    (env, model, ids, args) => {
      checkAccess(env, model, 'read');
      return read(env, model, env.existing(model, ids), args);
    },
    ['fields', 'load'],
  ),
  name_search: onModel(
    (env, model, _ids, args) => nameSearch(env, model, args),
    ['name', 'domain', 'args', 'operator', 'limit'],
  ),
  web_search_read: onModel(
    (env, model, _ids, args) => ({
      length: matching(env, env.model(model), args['domain']).length,
      records: webRead(env, model, find(env, model, args), args['specification'] as Values),
    }),
    ['domain', 'specification', 'offset', 'limit', 'order', 'count_limit'],
    2,
  ),
  web_read: onRecords(
    (env, model, ids, args) => webRead(env, model, env.browse(model, ids), args['specification'] as Values),
    ['specification'],
    1,
  ),
  read_group: onModel(
    (env, model, _ids, args) => group(env, model, args),
    ['domain', 'fields', 'groupby', 'offset', 'limit', 'orderby', 'lazy'],
    3,
  ),
  formatted_read_group: onModel(
    (env, model, _ids, args) => groupFormatted(env, model, args),
    ['domain', 'groupby', 'aggregates', 'having', 'offset', 'limit', 'order'],
    1,
  ),
};

const changing: Record<string, BaseMethod> = {
  create: onModel(
    (env, model, _ids, args) => {
      checkAccess(env, model, 'create');
      const given = args['vals_list'];
      const list = (Array.isArray(given) ? given : [given]) as Values[];
      return list.map((values) => createRecord(env, model, values).id);
    },
    ['vals_list'],
    1,
  ),
  write: onRecords(
    (env, model, ids, args) => {
      checkAccess(env, model, 'write');
      for (const row of env.browse(model, ids)) writeRecord(env, model, row, args['vals'] as Values);
      return true;
    },
    ['vals'],
    1,
  ),
  unlink: onRecords((env, model, ids) => {
    checkAccess(env, model, 'unlink');
    for (const row of env.browse(model, ids)) unlinkRecord(env, model, row);
    return true;
  }),
  load: onModel(
    (env, model, _ids, args) => load(env, model, args['fields'] as string[], args['data'] as string[][]),
    ['fields', 'data'],
    2,
  ),
  name_create: onModel(
    (env, model, _ids, args) => {
      const row = createRecord(env, model, { name: args['name'] });
      return [row.id, env.displayName(model, row)];
    },
    ['name'],
    1,
  ),
  message_post: onRecords(
    (env, model, ids) => {
      env.browse(model, ids);
      const id = env.db.nextInSequence('mail.message');
      return env.major < 19 ? id : [id];
    },
    ['body'],
    0,
    true,
  ),
};

const describing: Record<string, BaseMethod> = {
  fields_get: onModel((env, model, _ids, args) => fieldsGet(env, model, args), ['allfields', 'attributes']),
  default_get: onModel(
    (env, model, _ids, args) => defaultValues(env, env.model(model), args['fields'] as string[]),
    ['fields'],
    1,
  ),
  get_external_id: onRecords((env, model, ids) => externalIdsOf(env, model, ids)),
  get_metadata: onRecords((env, model, ids) =>
    env.browse(model, ids).map((row) => metadata(env, model, row)),
  ),
  exists: onRecords((env, model, ids) => env.existing(model, ids).map((row) => row.id)),
  has_access: { ...onRecords(() => true, ['operation'], 1), since: 18 },
  check_access_rights: onModel(() => true, ['operation', 'raise_exception'], 1),
  export_data: onRecords(
    () => {
      throw userError("You don't have the rights to export data. Please contact an Administrator.");
    },
    ['fields_to_export'],
    1,
  ),
};

function metadata(env: Env, model: string, row: Row): Values {
  const xmlid = externalIdsOf(env, model, [row.id])[String(row.id)] ?? '';
  return {
    id: row.id,
    create_uid: person(env, row['create_uid']),
    create_date: String(row['create_date']).slice(0, 19),
    write_uid: person(env, row['write_uid']),
    write_date: String(row['write_date']).slice(0, 19),
    noupdate: false,
    xmlid: xmlid || false,
    xmlids: xmlid ? [{ xmlid, noupdate: false }] : [],
  };
}

function person(env: Env, uid: unknown) {
  const user = env.find('res.users', uid);
  return user ? [user.id, env.displayName('res.users', user)] : false;
}

/** What every model answers to. Signatures are Odoo's: their names and order are part of the protocol. */
export function baseMethods(model: string): Record<string, Method> {
  const bound: Record<string, Method> = {};
  for (const [name, { run, ...signature }] of Object.entries({ ...searching, ...changing, ...describing }))
    bound[name] = { ...signature, run: (env, ids, args) => run(env, model, ids, args) };
  return bound;
}
