import { type Failure, rejected } from '../outcome.ts';

/**
 * Whether an action's answer is a question to a person (a wizard: an act_window that opens as a dialog), which means that the action
 * has done nothing yet. Other act_windows only show what was made, and reports to print come after the deed.
 */
export function questionIn(answer: unknown): { readonly name: string; readonly model: string } | null {
  if (typeof answer !== 'object' || answer === null || !('res_model' in answer)) return null;
  if ('target' in answer && answer.target !== 'new') return null;
  return { name: 'name' in answer ? String(answer.name) : '', model: String(answer.res_model) };
}

/** A question that the connector has no answer to: never a success, because nothing was done. */
export function asked(answer: unknown, what: string): Failure | null {
  const question = questionIn(answer);
  if (question === null) return null;
  return rejected(
    'odoo-question',
    `Odoo asks "${question.name}" (${question.model}) instead of doing it: ${what}.`,
    'Do it in Odoo, where the question can be answered, or change the setting that brings it up; then retry.',
  );
}
