/** The list with `value` in the place of the element that `is` finds, or at its end. */
export function replaced<T>(list: readonly T[], value: T, is: (element: T) => boolean): readonly T[] {
  const at = list.findIndex(is);
  return at < 0 ? [...list, value] : list.with(at, value);
}
