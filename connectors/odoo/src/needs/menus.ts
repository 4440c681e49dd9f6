import type { Since } from '../versions/differences.ts';

/**
 * Where in Odoo's menus something is set, by version, as `ir.ui.menu` names it; setup.md says the same, the live check holds it against the
 * server. What stands below Settings > Technical shows in developer mode alone.
 */
export const MENUS = {
  users: [[16, 'Settings > Users & Companies > Users']],
  generalSettings: [[16, 'Settings > General Settings']],
  systemParameters: [[16, 'Settings > Technical > Parameters > System Parameters']],
  defaults: [[16, 'Settings > Technical > Actions > User-defined Defaults']],
  automation: [[16, 'Settings > Technical > Automation']],
  salesSettings: [[16, 'Sales > Configuration > Settings']],
  warehouses: [[16, 'Inventory > Configuration > Warehouse Management > Warehouses']],
  operationTypes: [[16, 'Inventory > Configuration > Warehouse Management > Operations Types']],
  physicalInventory: [
    [16, 'Inventory > Operations > Inventory Adjustments'],
    [17, 'Inventory > Operations > Adjustments > Physical Inventory'],
  ],
} as const satisfies Readonly<Record<string, Since<string>>>;

/** There with the module `base_automation` alone. Webhooks are sent from 17 on. */
export const AUTOMATION_RULES: Since<string> = [
  [16, 'Settings > Technical > Automation > Automated Actions'],
  [17, 'Settings > Technical > Automation > Automation Rules'],
];

/** In the menu of the account itself, top right, which `ir.ui.menu` does not hold. With *Employees* installed, 16 to 18 call it *My Profile*. */
export const MAKE_A_KEY: Since<string> = [
  [16, 'Preferences > Account Security > New API Key'],
  [19, 'My Preferences > Security > Add API Key'],
];
