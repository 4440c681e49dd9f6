/** What a word of one system is called in another; asked inside pure steps, so it answers from memory. */
export interface Mappings {
  /** The mapped word, or undefined when nobody mapped it. `system` is the one in whose language the answer is. */
  find(kind: string, system: string, word: string): string | undefined;
}
