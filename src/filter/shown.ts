import { fit, harmless } from '../units/text.ts';

/** A word of the user as a message may show it: short, and nothing a terminal would obey. */
export const shown = (text: string): string => `'${fit(harmless(text), 40)}'`;
