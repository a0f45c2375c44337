/** What the configuration is checked against. */

/** The names that the file may use. */
export interface Known {
  readonly columns: readonly string[];
  readonly themes: readonly string[];
  readonly keyMaps: readonly string[];
  readonly layouts: readonly string[];
  /** All tones, and those that a row may have. */
  readonly tones: readonly string[];
  readonly highlights: readonly string[];
  /** What is wrong with a filter. */
  filterError(text: string): string | undefined;
  /** What is wrong with a table [[finding]], and with which of its keys. */
  findingError(table: unknown): { readonly key: string | undefined; readonly message: string } | undefined;
}
