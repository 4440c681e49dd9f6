import { accessError } from '../orm/errors.ts';
import type { Env } from '../orm/env.ts';

export type Operation = 'read' | 'create' | 'write' | 'unlink';

interface Rule {
  readonly verb: string;
  readonly groups: { readonly before19: readonly string[]; readonly since19: readonly string[] };
}

const SALES = ['Sales/Administrator', 'Sales/User: Own Documents Only'];
const CONTACT = ['Inventory/Administrator', 'Purchase/Administrator', ...SALES];

/** What the recorded users were refused (recordings 15 and 18), by role, model and operation. */
const REFUSED: Record<string, Rule> = {
  'limited sale.order create': { verb: 'create', groups: { before19: SALES, since19: SALES } },
  'limited res.partner write': {
    verb: 'modify',
    groups: {
      before19: ['Extra Rights/Contact Creation', ...CONTACT],
      since19: ['Contact/Creation', ...CONTACT],
    },
  },
  'limited account.move read': {
    verb: 'access',
    groups: {
      before19: [
        'Invoicing/Administrator',
        'Invoicing/Invoicing',
        'Purchase/User',
        'Sales/User: Own Documents Only',
        'Technical/Show Accounting Features - Readonly',
        'User types/Portal',
      ],
      since19: [
        'Accounting/Administrator',
        'Accounting/Invoicing',
        'Purchase/User',
        'Sales/User: Own Documents Only',
        'Role / Portal',
        'Show Accounting Features - Readonly',
      ],
    },
  },
  'hub ir.model.data create': {
    verb: 'create',
    groups: { before19: ['Administration/Access Rights'], since19: ['Access Rights'] },
  },
};

export function checkAccess(env: Env, model: string, operation: Operation): void {
  if (model === 'res.users.apikeys' && operation !== 'read')
    throw accessError(
      `You are not allowed to ${operation === 'write' ? 'modify' : operation === 'unlink' ? 'delete' : operation} '${env.model(model).label}' (${model}) records.\n\nNo group currently allows this operation.\n\nContact your administrator to request access if necessary.`,
    );
  const rule = REFUSED[`${env.user.role} ${model} ${operation}`];
  if (!rule) return;
  const groups = (env.major < 19 ? rule.groups.before19 : rule.groups.since19)
    .map((group) => `\t- ${group}`)
    .join('\n');
  throw accessError(
    `You are not allowed to ${rule.verb} '${env.model(model).label}' (${model}) records.\n\nThis operation is allowed for the following groups:\n${groups}\n\nContact your administrator to request access if necessary.`,
  );
}
