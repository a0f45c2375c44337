/** The builder of each page about the machine. */
import type { SystemPage } from '../keys/keys.ts';
import type { SystemContext, SystemPageBuilder } from './context.ts';
import type { Page } from './document.ts';

const BUILDERS: Partial<Record<SystemPage, SystemPageBuilder>> = {};

export const buildSystemPage = (page: SystemPage, context: SystemContext): Page =>
  BUILDERS[page]?.(context) ?? { sections: [] };
