import { editFaults } from '@trunkline/canonical';
import type { JudgeEdit } from '@trunkline/journal';

/** Where an edited command breaks its contract, or became another one. */
export const judgeEdit: JudgeEdit = (type, original, edited) =>
  editFaults(type, original, edited).map((fault) => ({ code: 'payload_invalid', ...fault }));
