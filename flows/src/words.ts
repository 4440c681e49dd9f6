/** What people have said that words mean; asked inside pure steps, so it answers from memory. */
export interface Words {
  /** ISO 3166-1 alpha-2 for what a source calls a country; undefined when nobody has said. */
  readonly countryOf: (word: string) => string | undefined;
}
