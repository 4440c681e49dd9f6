const SPECIAL = /[.*+?^${}()|[\]\\]/g;

/** `like` looks for the text anywhere, `=like` matches the whole; `%` and `_` are wildcards in both. */
export function likePattern(text: string, operator: string): RegExp {
  const body = text.replace(SPECIAL, '\\$&').replaceAll('%', '[\\s\\S]*').replaceAll('_', '[\\s\\S]');
  const whole = operator.startsWith('=');
  return new RegExp(whole ? `^${body}$` : body, operator.endsWith('ilike') ? 'i' : '');
}
