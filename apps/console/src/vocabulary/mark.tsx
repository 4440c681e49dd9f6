import type { Look } from './stages.ts';
import classes from './mark.module.css';

/** Icon and words; the colour is on the icon only and never the sole carrier. `pill` frames it. */
export function Mark({ look, pill = false }: { readonly look: Look; readonly pill?: boolean }) {
  const Icon = look.icon;
  return (
    <span className={pill ? `${classes['mark']} ${classes['pill']}` : classes['mark']} data-tone={look.tone}>
      <Icon size={15} stroke={2} aria-hidden />
      <span className={classes['words']}>{look.label}</span>
    </span>
  );
}
