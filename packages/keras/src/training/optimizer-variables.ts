/**
 * The name of a variable of an optimizer that is known by its place in Keras's order only: the number of steps, the learning
 * rate unless a schedule gives it, then what is kept for the variables.
 */
export function optimizerVariable(place: number): string {
  return `variables/${place}`;
}
