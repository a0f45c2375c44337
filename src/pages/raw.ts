/** The files that the page Raw can show. */
export const RAW_FILES: readonly string[] = ['stat', 'status'];
