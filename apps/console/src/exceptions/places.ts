/** A place in a command, as a JSON Pointer with `*` for each element of a list, and what stands there first. */
export interface Place {
  readonly path: string;
  readonly value: string;
}

/** Every place of a document where a text stands. */
export function placesOf(document: unknown, path = ''): readonly Place[] {
  if (typeof document === 'string') return [{ path, value: document }];
  if (typeof document !== 'object' || document === null) return [];
  const list = Array.isArray(document);
  const found = Object.entries(document).flatMap(([name, member]) =>
    placesOf(member, `${path}/${list ? '*' : name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
  return [...new Map(found.toReversed().map((place) => [place.path, place])).values()].toReversed();
}
