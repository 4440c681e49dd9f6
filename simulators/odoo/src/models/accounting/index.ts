import { bookModels } from './books.ts';
import { invoice } from './invoice.ts';
import { invoiceLine } from './invoice-line.ts';
import { payment, paymentRegister } from './payment.ts';
import { reversal } from './reversal.ts';
import { invoiceWizard } from './sale-invoicing.ts';

export const accountingModels = [
  ...bookModels,
  invoice,
  invoiceLine,
  payment,
  paymentRegister,
  reversal,
  invoiceWizard,
];
