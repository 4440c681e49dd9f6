import type { Finding } from '@trunkline/messaging';
import type { FieldCatalogue } from '../field-catalogue.ts';
import { NEWEST } from '../versions/differences.ts';
import { valueAt } from '../versions/lookup.ts';
import { MENUS } from './menus.ts';
import { APPS, type ModelNeed, type Operation, RIGHTS } from './needs.ts';

/** What one model of the server turned out to be. */
export interface ModelState {
  /** Null: the server has no such model. */
  readonly catalogue: FieldCatalogue | null;
  readonly refused: readonly Operation[];
  /** Required fields without a default, of those that no computation fills. */
  readonly unfilled: readonly string[];
}

/** Holds what the mappings use against what the server has. Pure. */
export function judgeNeed(need: ModelNeed, state: ModelState): readonly Finding[] {
  const { model, flows, module } = need;
  if (state.catalogue === null) return [moduleMissing(need)];
  const catalogue = state.catalogue;
  const refused = need.operations.filter((operation) => state.refused.includes(operation));
  // Without the right to read, Odoo hides what the fields are.
  if (refused.includes('read')) return refused.map((operation) => rightMissing(need, operation));
  const missing = Object.keys(need.fields).filter((name) => catalogue[name] === undefined);
  if (missing.length > 0 && missing.length === Object.keys(need.fields).length) return [moduleMissing(need)];
  return [
    ...refused.map((operation) => rightMissing(need, operation)),
    ...missing.map((name) => ({
      code: 'target_field_missing',
      path: `${model}.${name}`,
      message: `Odoo has no field ${name} on ${model}, which ${flows.join(' and ')} ${flows.length === 1 ? 'uses' : 'use'}.`,
      remedy: `Put back the field, or see that ${appOf(module)} is installed in Odoo and was not changed by a customisation.`,
      flows,
    })),
    ...changedFields(need, catalogue),
    ...requiredFields(need, state),
  ];
}

function changedFields({ model, fields, flows }: ModelNeed, catalogue: FieldCatalogue): readonly Finding[] {
  return Object.entries(fields).flatMap(([name, types]) => {
    const type = catalogue[name]?.type;
    if (type === undefined || types.includes(type)) return [];
    return [
      {
        code: 'target_field_changed',
        path: `${model}.${name}`,
        message: `Odoo’s field ${name} on ${model} is a ${type}, and the mapping writes a ${types.join(' or ')}.`,
        remedy: 'Put the field’s type back in Odoo, or adapt the mapping.',
        flows,
      },
    ];
  });
}

function requiredFields(
  { model, flows, given }: ModelNeed,
  { unfilled, catalogue }: ModelState,
): readonly Finding[] {
  if (given === undefined) return [];
  return unfilled
    .filter((name) => !given.includes(name))
    .map((name) => ({
      code: 'target_field_required',
      path: `${model}.${name}`,
      message: `Odoo demands ${labelOf(catalogue, name)} on every new ${model}; it has no default, and the mapping does not fill it.`,
      remedy: `Give the field a default in Odoo (${valueAt(MENUS.defaults, NEWEST)}, in developer mode), or make it optional.`,
      flows,
    }));
}

function labelOf(catalogue: FieldCatalogue | null, name: string): string {
  const label = catalogue?.[name]?.string;
  return label === undefined ? name : `“${label}” (${name})`;
}

function moduleMissing({ model, module, fields, flows }: ModelNeed): Finding {
  return {
    code: 'target_module_missing',
    path: module,
    message: `Odoo lacks ${appOf(module)}: ${model} ${Object.keys(fields).length === 0 ? 'is not there' : `has nothing of ${Object.keys(fields).join(', ')}`}.`,
    remedy: `Install it in Odoo: Apps, search “${module}”, Activate.`,
    flows,
  };
}

function rightMissing({ model, flows }: ModelNeed, operation: Operation): Finding {
  const right = RIGHTS.find((row) => row.model === model && row.operation === operation);
  return {
    code: 'target_right_missing',
    path: `${model} ${operation}`,
    message: `The service account may not ${operation} ${model} in Odoo.`,
    remedy: `Settings > Users & Companies > Users > the account: ${right?.choose ?? 'give it a group with this right'}.`,
    flows,
  };
}

function appOf(module: string): string {
  return APPS[module] === undefined ? `the module ${module}` : `${APPS[module]} (module ${module})`;
}
