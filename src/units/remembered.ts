/** A function that gives its last result again as long as its arguments are the same ones (`Object.is`). */
export function remembered<A extends readonly unknown[], R>(make: (...given: A) => R): (...given: A) => R {
  let last: { readonly given: A; readonly result: R } | undefined;
  return (...given) => {
    if (!last || given.some((value, index) => !Object.is(value, last!.given[index])))
      last = { given, result: make(...given) };
    return last.result;
  };
}
