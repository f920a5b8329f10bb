import { onnxruntime } from "@lamella/backend-onnxruntime";

import { describeBackend } from "../src/describe-backend.ts";
import { unknownSizes } from "../src/expected-failures.ts";

describeBackend({ backend: onnxruntime({ intraOpThreads: 1 }) }, { expectedFailures: unknownSizes });
