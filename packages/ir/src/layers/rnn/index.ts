export { bidirectional } from "./bidirectional.ts";
export { convLstm1d, convLstm2d, convLstm3d } from "./conv-lstm.ts";
export { gru, gruCell } from "./gru.ts";
export { lstm, lstmCell } from "./lstm.ts";
export { rnn } from "./rnn.ts";
export { simpleRnn, simpleRnnCell } from "./simple-rnn.ts";
export { stackedRnnCells } from "./stacked-rnn-cells.ts";
export { timeDistributed } from "./time-distributed.ts";
