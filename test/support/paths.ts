import { fileURLToPath } from 'node:url';

/** The project's folder, seen from the compiled file in build/test/support. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const fixture = (path: string): string => `${root}test/fixtures/${path}`;
