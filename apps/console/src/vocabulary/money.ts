import type { Case } from '../api/contract.ts';

/** Whole money at a glance; cents belong to the order. One text per currency, in the order of the hub's answer. */
export function atRisk({ amounts }: Pick<Case, 'amounts'>): readonly string[] {
  return Object.entries(amounts).map(([currency, amount]) => money(currency, amount));
}

/** An amount in decimal text; a currency that the browser does not know stands before it as it is. */
export function money(currency: string, amount: string): string {
  const value = Number(amount);
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: 0 }).format(
      value,
    );
  } catch {
    return `${currency} ${amount}`;
  }
}
