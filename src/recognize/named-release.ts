/** The kernel release that a log itself names. */
import { minorText, parseRelease, type Release } from '../kernel/release.ts';

/** `Not tainted 4.19.0-17-arm64 #1`, `Tainted: G C 4.14.17-v7+ #1090`, the banner, and `uname -a`. */
const NAMED: readonly RegExp[] = [
  /\b(?:Not tainted|Tainted: [^\n]{0,80}?)\s+\(?(\d{1,2}\.\d{1,3}[\w.+~-]*) #\d/g,
  /\bLinux version (\d{1,2}\.\d{1,3}[\w.+~-]*)/g,
  /^[^\w\n]{0,8}Linux \S{1,64} (\d{1,2}\.\d{1,3}[\w.+~-]*) #\d/gm,
];

/** All releases that the text names, each minor once, in no order: more than one means that none can be assumed. */
export function namedReleases(text: string): readonly Release[] {
  const byMinor = new Map<string, Release>();
  for (const pattern of NAMED)
    for (const [, name] of text.matchAll(pattern)) {
      const release = parseRelease(name!);
      if (release && !byMinor.has(minorText(release))) byMinor.set(minorText(release), release);
    }
  return [...byMinor.values()];
}
