import { char, many2one, selection } from '../../orm/field.ts';
import type { ModelDefinition } from '../../orm/model.ts';

const account: ModelDefinition = {
  name: 'account.account',
  label: 'Account',
  order: 'code, id',
  // 18 puts the code in front for a user with accounting rights.
  displayName: (env, row) =>
    env.major < 19 ? `${String(row['code'])} ${String(row['name'])}` : String(row['name']),
  fields: {
    name: char('Account Name', { required: true }),
    code: char('Code', { indexed: true }),
  },
};

const journal: ModelDefinition = {
  name: 'account.journal',
  label: 'Journal',
  order: 'sequence, type, code',
  fields: {
    name: char('Journal Name', { required: true }),
    code: char('Short Code', { indexed: true }),
    type: selection(
      'Type',
      [
        ['sale', 'Sales'],
        ['bank', 'Bank'],
      ],
      { required: true, indexed: true },
    ),
  },
};

const paymentMethodLine: ModelDefinition = {
  name: 'account.payment.method.line',
  label: 'Payment Methods',
  displayName: (env, row) => {
    const owner = env.find('account.journal', row['journal_id']);
    return `${String(row['name'])} (${String(owner?.['name'] ?? '')})`;
  },
  fields: {
    name: char('Name', { required: true }),
    journal_id: many2one('Journal', 'account.journal'),
  },
};

export const bookModels = [account, journal, paymentMethodLine];
