/** Waits; a time that is over already is not waited for. */
export const sleep = (seconds: number): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve, Math.max(0, seconds * 1000));
  });
