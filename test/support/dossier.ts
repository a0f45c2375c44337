/** A dossier made of texts, for pages: what is not given is `not-read`. */
import type { Dossier } from '../../src/fields/dossier.ts';
import { missing, type MissingReason, type Reading } from '../../src/units/missing.ts';

export interface DossierParts {
  /** Contents by path; `{missing}` for what cannot be read. */
  readonly files?: Readonly<Record<string, string | Uint8Array | { readonly missing: MissingReason }>>;
  /** Contents at the sample before, `elapsed` seconds (1) earlier. */
  readonly before?: Readonly<Record<string, string>>;
  readonly elapsed?: number;
  readonly links?: Readonly<Record<string, string>>;
  readonly words?: Readonly<Record<string, bigint>>;
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/** Folders are known by the paths in them. Paths that were looked at are in `asked`. */
export class FakeDossier implements Dossier {
  readonly asked = new Set<string>();
  readonly #parts: DossierParts;

  constructor(parts: DossierParts) {
    this.#parts = parts;
  }

  file(path: string): Reading<Uint8Array> {
    this.asked.add(path);
    const content = this.#parts.files?.[path];
    if (content === undefined) return missing('not-read');
    return typeof content === 'object' && 'missing' in content ? missing(content.missing) : bytesOf(content);
  }

  before(path: string): Reading<Uint8Array> {
    const content = this.#parts.before?.[path];
    return content === undefined ? missing('first-sample') : bytesOf(content);
  }

  elapsed(path: string): number {
    return this.#parts.before?.[path] === undefined ? Number.NaN : (this.#parts.elapsed ?? 1);
  }

  truncated(): boolean {
    return false;
  }

  names(folder: string): Reading<readonly string[]> {
    this.asked.add(folder);
    const prefix = `${folder}/`;
    const paths = [...Object.keys(this.#parts.files ?? {}), ...Object.keys(this.#parts.links ?? {})];
    const names = paths.filter(path => path.startsWith(prefix)).map(path => path.slice(prefix.length).split('/')[0]!);
    return names.length > 0 ? [...new Set(names)] : missing('not-read');
  }

  link(path: string): Reading<string> {
    this.asked.add(path);
    return this.#parts.links?.[path] ?? missing('not-read');
  }

  word(path: string, index: bigint): Reading<bigint> {
    this.asked.add(path);
    return this.#parts.words?.[`${path}:${index}`] ?? missing('not-read');
  }
}
