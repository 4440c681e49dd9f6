/** An option's value. @throws one sentence that names the option. */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`${option} ${text}: it takes a whole number, at least ${least}.`);
}
