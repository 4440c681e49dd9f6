import type { Env } from './env.ts';
import type { Field, Values } from './field.ts';
import { columnOf } from './model.ts';

/** The simulated fields with the attributes that recordings 02 show. Real Odoo has many fields more. */
export function fieldsGet(env: Env, name: string, args: Values): Record<string, Values> {
  const only = args['allfields'] as string[] | undefined;
  const attributes = args['attributes'] as string[] | undefined;
  const described: Record<string, Values> = {};
  for (const [field, definition] of Object.entries(env.model(name).fields)) {
    if (only && only.length > 0 && !only.includes(field)) continue;
    const full = describe(field, definition);
    described[field] =
      attributes && attributes.length > 0
        ? Object.fromEntries(Object.entries(full).filter(([key]) => attributes.includes(key)))
        : full;
  }
  return described;
}

function describe(name: string, field: Field): Values {
  return {
    name,
    type: field.type,
    string: field.string,
    required: field.required ?? false,
    readonly: field.readonly ?? false,
    store: !field.compute && !field.through && name !== 'display_name' && columnOf(field, name) !== '',
    company_dependent: field.companyDependent ?? false,
    searchable: true,
    sortable: !field.compute,
    ...(field.relation ? { relation: field.relation, context: {}, domain: [] } : {}),
    ...(field.inverse ? { relation_field: field.inverse } : {}),
    ...(field.selection ? { selection: field.selection } : {}),
  };
}
