import type {
  hashing,
  JsonObject,
  additiveAttention,
  attention,
  einsumDense,
  groupQueryAttention,
  layerScale,
  multiHeadAttention,
  randomCrop,
  randomBrightness,
  randomContrast,
  randomTranslation,
  randomZoom,
  randomRotation,
  randomFlip,
  activityRegularization,
  alphaDropout,
  gaussianDropout,
  gaussianNoise,
  integerLookup,
  discretization,
  categoryEncoding,
  normalization,
  activation,
  adaptiveAveragePooling1d,
  adaptiveAveragePooling2d,
  adaptiveAveragePooling3d,
  adaptiveMaxPooling1d,
  adaptiveMaxPooling2d,
  adaptiveMaxPooling3d,
  add,
  AnyLayer,
  average,
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
  batchNormalization,
  centerCrop,
  concatenate,
  conv1d,
  conv1dTranspose,
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  convLstm1d,
  convLstm2d,
  convLstm3d,
  cropping1d,
  cropping2d,
  cropping3d,
  dense,
  depthwiseConv1d,
  depthwiseConv2d,
  dot,
  dropout,
  DType,
  elu,
  embedding,
  Field,
  FieldInput,
  Fields,
  flatten,
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalAveragePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalMaxPooling3d,
  groupNormalization,
  gru,
  gruCell,
  identity,
  inputLayer,
  LayerFactory,
  layerNormalization,
  leakyRelu,
  lstm,
  lstmCell,
  masking,
  maximum,
  maxPooling1d,
  maxPooling2d,
  maxPooling3d,
  minimum,
  multiply,
  ops,
  permute,
  prelu,
  Regularizer,
  relu,
  repeatVector,
  rescaling,
  reshape,
  resizing,
  rmsNormalization,
  rnn,
  separableConv1d,
  separableConv2d,
  simpleRnn,
  simpleRnnCell,
  softmax,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  spectralNormalization,
  stackedRnnCells,
  subtract,
  timeDistributed,
  unitNormalization,
  upSampling1d,
  upSampling2d,
  upSampling3d,
  zeroPadding1d,
  zeroPadding2d,
  zeroPadding3d,
} from "@lamella/ir";

/** Every layer type that has cases. */
interface Factories {
  readonly SpectralNormalization: typeof spectralNormalization;
  readonly LayerScale: typeof layerScale;
  readonly Hashing: typeof hashing;
  readonly AdditiveAttention: typeof additiveAttention;
  readonly Attention: typeof attention;
  readonly GroupedQueryAttention: typeof groupQueryAttention;
  readonly MultiHeadAttention: typeof multiHeadAttention;
  readonly EinsumDense: typeof einsumDense;
  readonly RandomCrop: typeof randomCrop;
  readonly RandomBrightness: typeof randomBrightness;
  readonly RandomContrast: typeof randomContrast;
  readonly RandomTranslation: typeof randomTranslation;
  readonly RandomZoom: typeof randomZoom;
  readonly RandomRotation: typeof randomRotation;
  readonly RandomFlip: typeof randomFlip;
  readonly ActivityRegularization: typeof activityRegularization;
  readonly UnitNormalization: typeof unitNormalization;
  readonly SpatialDropout3D: typeof spatialDropout3d;
  readonly SpatialDropout2D: typeof spatialDropout2d;
  readonly SpatialDropout1D: typeof spatialDropout1d;
  readonly AlphaDropout: typeof alphaDropout;
  readonly GaussianDropout: typeof gaussianDropout;
  readonly GaussianNoise: typeof gaussianNoise;
  readonly IntegerLookup: typeof integerLookup;
  readonly Discretization: typeof discretization;
  readonly CategoryEncoding: typeof categoryEncoding;
  readonly Normalization: typeof normalization;
  readonly ConvLSTM1D: typeof convLstm1d;
  readonly ConvLSTM2D: typeof convLstm2d;
  readonly ConvLSTM3D: typeof convLstm3d;
  readonly GroupNormalization: typeof groupNormalization;
  readonly GRU: typeof gru;
  readonly GRUCell: typeof gruCell;
  readonly LayerNormalization: typeof layerNormalization;
  readonly LSTMCell: typeof lstmCell;
  readonly Masking: typeof masking;
  readonly RMSNormalization: typeof rmsNormalization;
  readonly RNN: typeof rnn;
  readonly SimpleRNN: typeof simpleRnn;
  readonly SimpleRNNCell: typeof simpleRnnCell;
  readonly StackedRNNCells: typeof stackedRnnCells;
  readonly TimeDistributed: typeof timeDistributed;
  readonly Bidirectional: LayerFactory<{
    readonly layer: Field<AnyLayer>;
    readonly mergeMode: Field<"sum" | "mul" | "concat" | "ave" | null>;
    readonly backwardLayer: Field<AnyLayer | null>;
  }>;
  readonly Activation: typeof activation;
  readonly Add: typeof add;
  readonly AveragePooling2D: typeof averagePooling2d;
  readonly BatchNormalization: typeof batchNormalization;
  readonly Concatenate: typeof concatenate;
  readonly Conv2D: typeof conv2d;
  readonly Dense: typeof dense;
  readonly Dropout: typeof dropout;
  readonly Embedding: typeof embedding;
  readonly Flatten: typeof flatten;
  readonly GlobalAveragePooling2D: typeof globalAveragePooling2d;
  readonly InputLayer: typeof inputLayer;
  readonly LSTM: typeof lstm;
  readonly MaxPooling2D: typeof maxPooling2d;
  readonly Multiply: typeof multiply;
  readonly ReLU: typeof relu;
  readonly Reshape: typeof reshape;
  readonly Softmax: typeof softmax;
  readonly Subtract: typeof subtract;
  readonly Average: typeof average;
  readonly Maximum: typeof maximum;
  readonly Minimum: typeof minimum;
  readonly Dot: typeof dot;
  readonly Identity: typeof identity;
  readonly ELU: typeof elu;
  readonly LeakyReLU: typeof leakyRelu;
  readonly PReLU: typeof prelu;
  readonly Permute: typeof permute;
  readonly RepeatVector: typeof repeatVector;
  readonly ZeroPadding2D: typeof zeroPadding2d;
  readonly Conv1D: typeof conv1d;
  readonly Conv3D: typeof conv3d;
  readonly Conv1DTranspose: typeof conv1dTranspose;
  readonly Conv2DTranspose: typeof conv2dTranspose;
  readonly Conv3DTranspose: typeof conv3dTranspose;
  readonly DepthwiseConv1D: typeof depthwiseConv1d;
  readonly DepthwiseConv2D: typeof depthwiseConv2d;
  readonly SeparableConv1D: typeof separableConv1d;
  readonly SeparableConv2D: typeof separableConv2d;
  readonly AveragePooling1D: typeof averagePooling1d;
  readonly AveragePooling3D: typeof averagePooling3d;
  readonly MaxPooling1D: typeof maxPooling1d;
  readonly MaxPooling3D: typeof maxPooling3d;
  readonly GlobalAveragePooling1D: typeof globalAveragePooling1d;
  readonly GlobalAveragePooling3D: typeof globalAveragePooling3d;
  readonly GlobalMaxPooling1D: typeof globalMaxPooling1d;
  readonly GlobalMaxPooling2D: typeof globalMaxPooling2d;
  readonly GlobalMaxPooling3D: typeof globalMaxPooling3d;
  readonly AdaptiveAveragePooling1D: typeof adaptiveAveragePooling1d;
  readonly AdaptiveAveragePooling2D: typeof adaptiveAveragePooling2d;
  readonly AdaptiveAveragePooling3D: typeof adaptiveAveragePooling3d;
  readonly AdaptiveMaxPooling1D: typeof adaptiveMaxPooling1d;
  readonly AdaptiveMaxPooling2D: typeof adaptiveMaxPooling2d;
  readonly AdaptiveMaxPooling3D: typeof adaptiveMaxPooling3d;
  readonly Cropping1D: typeof cropping1d;
  readonly Cropping2D: typeof cropping2d;
  readonly Cropping3D: typeof cropping3d;
  readonly ZeroPadding1D: typeof zeroPadding1d;
  readonly ZeroPadding3D: typeof zeroPadding3d;
  readonly UpSampling1D: typeof upSampling1d;
  readonly UpSampling2D: typeof upSampling2d;
  readonly UpSampling3D: typeof upSampling3d;
  readonly CenterCrop: typeof centerCrop;
  readonly Resizing: typeof resizing;
  readonly Rescaling: typeof rescaling;
}

/** Keras's class name of a layer that has cases. */
export type LayerName = keyof Factories;

type FieldsOf<Factory> = Factory extends LayerFactory<infer F, infer _, infer __, infer ___> ? F : never;
/** What a field takes in a case: layers are described. */
type Described<T> = T extends AnyLayer ? LayerSpec : T extends readonly AnyLayer[] ? readonly LayerSpec[] : T;
type ConfigInput<F extends Fields> = { readonly [Name in keyof F]?: Described<FieldInput<F[Name]>> };

/** What every layer can be told. */
interface GeneralConfig {
  readonly trainable?: boolean;
  readonly activityRegularizer?: Regularizer | string;
}

/** Arguments of a call. Numbers are positions in the case's inputs, which are then no positional inputs. */
export interface CallSpec {
  readonly training?: boolean;
  readonly mask?: number | readonly (number | null)[];
  readonly valueMask?: number;
  readonly keyMask?: number;
  readonly attentionMask?: number;
  readonly useCausalMask?: boolean;
  readonly returnAttentionScores?: boolean;
  /** What a category encoding counts. */
  readonly countWeights?: number;
  readonly initialState?: readonly (number | readonly number[])[];
  /** Of a cell: what the step starts from. */
  readonly states?: readonly (number | readonly number[])[];
}

/** A layer of a case. Unnamed ones get the names Keras gives in a fresh process. */
export type LayerSpec = {
  readonly [Type in LayerName]: {
    readonly type: Type;
    readonly config?: ConfigInput<FieldsOf<Factories[Type]>> & GeneralConfig;
    readonly name?: string;
    readonly args?: CallSpec;
  };
}[LayerName];

/** An operation of `ops` in the place of a layer. */
export interface OperationSpec {
  readonly op: keyof typeof ops;
  /** What stands before the tensors. */
  readonly before?: readonly unknown[];
  /** What follows the tensors; a last record is options. */
  readonly arguments?: readonly unknown[];
  /** Whether the tensors are given as one list. */
  readonly list?: true;
}

/** Values of an input; see `src/data.ts` for how they are made. */
export interface InputSpec {
  readonly shape: readonly number[];
  /** Default: float32. */
  readonly dtype?: DType;
  /** Default: -1 for floats, 0 for integers. */
  readonly low?: number;
  /** Not included. Default: 1 for floats; integers need one. */
  readonly high?: number;
  /** Floats take only so many values, evenly spread from `low`, so that there are ties. */
  readonly levels?: number;
  /** The shape that the model is built for; null for unknown sizes. Default: the shape with an unknown batch. */
  readonly symbolic?: readonly (number | null)[];
}

/** A chain of layers, the first of which takes the inputs. Plain data: Python reads it too. */
export interface LayerCase {
  /** `<file>/<case>`, which also seeds inputs and weights. */
  readonly id: `${string}/${string}`;
  readonly layers: readonly (LayerSpec | OperationSpec)[];
  readonly inputs: readonly InputSpec[];
  /**
   * Training mode draws random numbers, so that it has no golden. `zeros`: the share of zeros it is to give, `rounded`
   * where the other numbers go through sums of products; `mean` and `deviation`: those of the numbers it is to give.
   */
  readonly random?:
    | true
    | { readonly zeros: number; readonly rounded?: true }
    | { readonly mean: number; readonly deviation: number };
  /** The gradients are not what Keras gives there: they are only compared with finite differences. */
  readonly gradients?: "own";
  /** Keras runs the layers through XLA: TensorFlow's own CPU kernels refuse them. */
  readonly compiled?: true;
}

/** A model trained for some steps; `src/trajectory-models.ts` and the Python twin know the models. */
export interface TrajectoryCase {
  readonly id: `${string}/${string}`;
  readonly model: "mlp" | "cnn" | "lstm";
  readonly optimizer: { readonly type: string; readonly config: JsonObject };
  readonly loss: "categoricalCrossentropy" | "sparseCategoricalCrossentropy" | "binaryCrossentropy";
  readonly steps: number;
  readonly batchSize: number;
}

/** A model of examples/zoo, at a size that a test can afford. */
export interface ArchitectureCase {
  /** The function of examples/zoo; `architectures.py` or keras.applications has one of that name, too. */
  readonly model: string;
  /** What its function gets. Without options it has its full size. */
  readonly options: Readonly<Record<string, number | readonly number[]>>;
  /** Three samples each, so that outputs can differ. */
  readonly inputs: readonly InputSpec[];
  /** The layer whose products are the logits. */
  readonly head: string;
  /** A weight in the middle: turned upside down, it must move the outputs by more than 0.1. */
  readonly flipped: string;
  /** Whether the reference backend runs it in a few seconds. Default false. */
  readonly light?: boolean;
  /** For what is cheap enough to be trained for some steps. */
  readonly training?: {
    readonly loss: TrajectoryCase["loss"];
    readonly targets: InputSpec;
    /** How many losses are compared, of steps of SGD with a learning rate of 0.01. One more must be finite. */
    readonly steps: number;
  };
}
