import type { Env } from '../../orm/env.ts';
import { userError } from '../../orm/errors.ts';
import { char, date, many2many, many2one, selection } from '../../orm/field.ts';
import type { Row } from '../../orm/field.ts';
import type { Method, ModelDefinition } from '../../orm/model.ts';
import { productLinesOf } from './amounts.ts';
import { today } from './invoice.ts';
import { addProductLine, balanceInvoice } from './invoice-line.ts';

const REVERSAL = 'account.move.reversal';

/** Credits the whole invoice as a draft, as often as it is asked to. */
function reverse(env: Env, wizard: Row): unknown {
  const [invoice] = env.browse('account.move', (wizard['move_ids'] as number[]) || []);
  if (!invoice || invoice['state'] !== 'posted') throw userError('You can only reverse posted moves.');
  const { id: _id, ...columns } = invoice;
  const why = wizard['reason'] ? `, ${String(wizard['reason'])}` : '';
  const note = env.insert('account.move', {
    ...columns,
    name: false,
    state: 'draft',
    move_type: 'out_refund',
    ref: `Reversal of: ${String(invoice['name'])}${why}`,
    date: today(env),
    invoice_date: wizard['date'],
    reversed_entry_id: invoice.id,
  });
  for (const line of productLinesOf(env, invoice)) {
    const saleLine = line['_sale_line'];
    addProductLine(
      env,
      note,
      line,
      Number(line['quantity']),
      typeof saleLine === 'number' ? saleLine : false,
    );
  }
  balanceInvoice(env, note);
  return {
    name: 'Reverse Moves',
    type: 'ir.actions.act_window',
    res_model: 'account.move',
    view_mode: 'form',
    res_id: note.id,
    context: { default_move_type: 'out_refund' },
  };
}

const run: Method = {
  on: 'records',
  run: (env, ids) => env.browse(REVERSAL, ids).map((wizard) => reverse(env, wizard))[0],
};

export const reversal: ModelDefinition = {
  name: REVERSAL,
  label: 'Account Move Reversal',
  fields: {
    move_ids: many2many('Move', 'account.move', {
      default: (env) => (env.context['active_ids'] as number[] | undefined) ?? [],
    }),
    reason: char('Reason displayed on Credit Note'),
    date: date('Reversal date', { default: today }),
    // 16 says by this what 17 has methods for.
    refund_method: selection(
      'Credit Method',
      [
        ['refund', 'Partial Refund'],
        ['cancel', 'Full Refund'],
        ['modify', 'Full refund and new draft invoice'],
      ],
      { until: 16, default: 'refund', required: true },
    ),
    journal_id: many2one('Journal', 'account.journal', { required: true }),
    company_id: many2one('Company', 'res.company', { required: true, default: 1 }),
  },
  methods: { refund_moves: { ...run, since: 17 }, reverse_moves: run },
};
