import { LamellaError } from "@lamella/ir";

/** The names that pickles of arrays are made of, under NumPy 1 and 2, TensorFlow and JAX. */
const known: ReadonlySet<string> = new Set([
  "builtins.set",
  "functools.partial",
  "jax._src.array._reconstruct_array",
  "ml_dtypes.bfloat16",
  "numpy._core.multiarray._reconstruct",
  "numpy._core.multiarray.scalar",
  "numpy.core.multiarray._reconstruct",
  "numpy.core.multiarray.scalar",
  "numpy.dtype",
  "numpy.ndarray",
  "tensorflow.python.framework.dtypes.as_dtype",
  "tensorflow.python.ops.resource_variable_ops.ResourceVariable",
]);

/** Keras's own variables, and what they carry with them besides their values. */
const ofKeras =
  /^keras\.src\.(?:backend(?:\.\w+\.core)?\.Variable|(?:regularizers|constraints|initializers)\.\w+\.\w+)$/;

/** @throws LamellaError `unsupported` for names that variables and arrays do not need: they may be any code */
export function checkName(name: string): void {
  if (known.has(name) || ofKeras.test(name)) return;
  throw new LamellaError("unsupported", {
    problem: "The weights name a part of Python that arrays are not made of; it may be any code, and was not run.",
    expected: "arrays of NumPy, or variables of Keras on TensorFlow or JAX",
    received: JSON.stringify(name.slice(0, 100)),
    hint: "Save the model again in Keras with its weights in HDF5, as it does unless it is told otherwise.",
  });
}
