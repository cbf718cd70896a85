/** True when `promise` settles within `ms` milliseconds, however it settles. */
export function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const giveUp = () => resolve(false);
    let timer = setTimeout(() => {
      // A thread that was busy runs its timers before it hears the messages that have come meanwhile.
      timer = setTimeout(giveUp, 0);
    }, ms);
    const done = () => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(done, done);
  });
}
