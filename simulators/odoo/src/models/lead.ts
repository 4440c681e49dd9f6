import type { Env } from '../orm/env.ts';
import { validationError } from '../orm/errors.ts';
import {
  boolean,
  char,
  datetime,
  float,
  integer,
  many2one,
  monetary,
  one2many,
  selection,
} from '../orm/field.ts';
import type { Row } from '../orm/field.ts';
import { active } from '../orm/model.ts';
import type { Method, ModelDefinition } from '../orm/model.ts';

const stage: ModelDefinition = {
  name: 'crm.stage',
  label: 'CRM Stages',
  order: 'sequence, name, id',
  fields: {
    name: char('Stage Name', { required: true }),
    sequence: integer('Sequence', { default: 1 }),
    is_won: boolean('Is Won Stage?', { default: false }),
  },
};

const isWon = (env: Env, row: Row) => env.find('crm.stage', row['stage_id'])?.['is_won'] === true;

const wonStage = (env: Env): number => {
  for (const row of env.db.table('crm.stage').rows.values()) if (row['is_won'] === true) return row.id;
  throw new Error('the simulated CRM has no won stage');
};

const onLeads = (run: (env: Env, leads: Row[]) => unknown): Method => ({
  on: 'records',
  run: (env, ids) => run(env, env.browse('crm.lead', ids)),
});

const lead: ModelDefinition = {
  name: 'crm.lead',
  label: 'Lead',
  order: 'priority desc, id desc',
  fields: {
    name: char('Opportunity', { required: true }),
    type: selection(
      'Type',
      [
        ['lead', 'Lead'],
        ['opportunity', 'Opportunity'],
      ],
      { required: true, default: 'lead', indexed: true },
    ),
    priority: selection(
      'Priority',
      [
        ['0', 'Low'],
        ['1', 'Medium'],
        ['2', 'High'],
        ['3', 'Very High'],
      ],
      { default: '0' },
    ),
    partner_id: many2one('Contact', 'res.partner', { indexed: true, before19: { string: 'Customer' } }),
    stage_id: many2one('Stage', 'crm.stage', { default: 1, indexed: true }),
    user_id: many2one('Salesperson', 'res.users', { default: (env) => env.user.uid }),
    team_id: many2one('Sales Team', 'crm.team', { default: 1 }),
    company_id: many2one('Company', 'res.company'),
    expected_revenue: monetary('Expected Revenue'),
    // Odoo computes it from the history of won and lost leads; here it is only certain once won.
    probability: float('Probability', {
      compute: (env, row) => (row['active'] === false ? 0 : isWon(env, row) ? 100 : 92.98),
    }),
    won_status: selection(
      'Won/Lost',
      [
        ['won', 'Won'],
        ['lost', 'Lost'],
        ['pending', 'Pending'],
      ],
      { since: 19, compute: (env, row) => (isWon(env, row) ? 'won' : 'pending') },
    ),
    date_closed: datetime('Closed Date'),
    order_ids: one2many('Orders', 'sale.order', 'opportunity_id'),
    active,
  },
  methods: {
    action_set_won: onLeads((env, leads) => {
      const stage_id = wonStage(env);
      for (const row of leads) env.patch('crm.lead', row, { stage_id, date_closed: env.now });
      return true;
    }),
    action_set_lost: onLeads((env, leads) => {
      // 18 takes a won lead as lost: it stays in its stage and is archived (recording 18).
      if (env.major >= 19 && leads.some((row) => isWon(env, row)))
        throw validationError('A lead in a Won stage cannot be lost. Move it to another stage first.');
      for (const row of leads) env.patch('crm.lead', row, { active: false, date_closed: env.now });
      return env.major >= 19 ? true : undefined;
    }),
  },
};

export const leadModels = [stage, lead];
