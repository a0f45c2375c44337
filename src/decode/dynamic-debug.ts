/**
 * `dynamic_debug/control`: a line for every pr_debug() of the kernel and its modules,
 * `file:line [module]function =flags "format"`, since 6.1 with ` class:NAME` behind it.
 * @see kernel `lib/dynamic_debug.c` (ddebug_proc_show), `Documentation/admin-guide/dynamic-debug-howto.rst`.
 */
import { exactOf } from './escapes.ts';
import { lines } from './bytes.ts';

export interface DebugSite {
  /** `drivers/usb/core/hub.c:100` */
  readonly place: string;
  readonly module: string;
  readonly function: string;
  /** `p` prints; what else stands in front of the line: `m` module, `f` function, `s` file, `l` line, `t` thread. */
  readonly flags: string;
  /** As the kernel writes it, with its escapes. */
  readonly format: string;
  readonly class?: string;
}

export interface DebugSites {
  readonly sites: number;
  /** Those that print. */
  readonly enabled: readonly DebugSite[];
}

const SITE = /^(.+?:\d+) \[([^\]]*)\](\S+) =(\S+) "(.*)$/;

function siteOf([, place, module, name, flags, rest]: RegExpExecArray): DebugSite {
  const end = rest!.lastIndexOf('"');
  const named = / class:(\S+)/.exec(end < 0 ? '' : rest!.slice(end));
  return {
    place: exactOf(place!),
    module: exactOf(module!),
    function: exactOf(name!),
    flags: flags!,
    format: exactOf(end < 0 ? rest! : rest!.slice(0, end)),
    ...(named ? { class: exactOf(named[1]!) } : {}),
  };
}

/** How many sites there are, and those that are switched on; lines that are none are left out. */
export function decodeDynamicDebug(bytes: Uint8Array): DebugSites {
  let sites = 0;
  const enabled: DebugSite[] = [];
  for (const line of lines(bytes)) {
    const match = SITE.exec(line);
    if (!match) continue;
    sites++;
    if (match[4]!.includes('p')) enabled.push(siteOf(match));
  }
  return { sites, enabled };
}
