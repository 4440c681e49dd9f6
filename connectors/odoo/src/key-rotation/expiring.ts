import type { Finding } from '@trunkline/messaging';
import type { Failure } from '../outcome.ts';
import { MAKE_A_KEY } from '../needs/menus.ts';
import { valueAt } from '../versions/lookup.ts';

/** What people are told of a key that nears its end and that the hub could not renew. */
export function expiring(daysLeft: number, why: Failure, major: number, hasPassword: boolean): Finding {
  const left = daysLeft === 0 ? 'less than a day' : `${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`;
  const otherwise = otherWay(why, hasPassword);
  return {
    code: 'target_key_expiring',
    path: 'res.users.apikeys',
    message: `The API key of this Odoo system ends in ${left} and could not be renewed: ${why.message.replace(/\.$/, '')}.`,
    remedy: `Make a new key as the service account (its name, top right > ${valueAt(MAKE_A_KEY, major)}), put it where the configuration’s apiKey points, start the hub again, and delete the old key in the same place: while it is listed, the hub takes its end for its own. ${otherwise}`,
    flows: [
      'customer-sync',
      'order-acceptance',
      'order-release',
      'fulfilment-events',
      'inventory-adjustments',
    ],
  };
}

function otherWay(why: Failure, hasPassword: boolean): string {
  if (why.kind !== 'rejected') return 'Meanwhile the hub tries again every hour.';
  if (hasPassword)
    return 'So that the hub can renew it, mend what the reason names: `password` of this system in the configuration is the account’s own, and before Odoo 19 the account has no two-factor authentication.';
  if (why.code === 'odoo-setup')
    return 'So that the hub renews it from then on, give this system the account’s `password` in the configuration; setup.md says what that gives away.';
  return 'This Odoo lets a key be renewed with the key alone: mend what the reason names. Where it is not enabled: Settings > Technical > Parameters > System Parameters, base.enable_programmatic_api_keys = True.';
}
