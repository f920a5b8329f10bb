import type { LayerCase } from "./case.ts";

export const stackedRnnCells: readonly LayerCase[] = [
  {
    id: "stacked-rnn-cells/two",
    layers: [
      {
        type: "StackedRNNCells",
        config: {
          cells: [
            { type: "LSTMCell", config: { units: 3 } },
            { type: "LSTMCell", config: { units: 2 } },
          ],
        },
        args: {
          states: [
            [1, 2],
            [3, 4],
          ],
        },
      },
    ],
    inputs: [{ shape: [2, 2] }, { shape: [2, 3] }, { shape: [2, 3] }, { shape: [2, 2] }, { shape: [2, 2] }],
  },
  {
    id: "stacked-rnn-cells/mixed",
    layers: [
      {
        type: "StackedRNNCells",
        config: {
          cells: [
            { type: "GRUCell", config: { units: 2 } },
            { type: "SimpleRNNCell", config: { units: 3 } },
          ],
        },
        args: { states: [1, 2] },
      },
    ],
    inputs: [{ shape: [1, 3] }, { shape: [1, 2] }, { shape: [1, 3] }],
  },
  {
    id: "stacked-rnn-cells/within-itself",
    layers: [
      {
        type: "RNN",
        config: {
          cell: {
            type: "StackedRNNCells",
            name: "outer",
            config: {
              cells: [
                {
                  type: "StackedRNNCells",
                  config: {
                    cells: [
                      { type: "GRUCell", config: { units: 2 } },
                      { type: "GRUCell", config: { units: 1 } },
                    ],
                  },
                },
                { type: "SimpleRNNCell", config: { units: 2 } },
              ],
            },
          },
        },
      },
    ],
    inputs: [{ shape: [2, 3, 2] }],
  },
];
