import type { Row } from '../orm/field.ts';

export const ORDER_STATES = [
  ['draft', 'Quotation'],
  ['sent', 'Quotation Sent'],
  ['sale', 'Sales Order'],
  ['cancel', 'Cancelled'],
] as const;

/** 16 locks by a state. */
export const ORDER_STATES_16 = [...ORDER_STATES.slice(0, 3), ['done', 'Locked'], ORDER_STATES[3]] as const;

export const isLocked = (order: Row): boolean => order['locked'] === true || order['state'] === 'done';

export const isConfirmed = (order: Row): boolean => order['state'] === 'sale' || order['state'] === 'done';
