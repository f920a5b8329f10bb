import { onnxruntime } from "@lamella/backend-onnxruntime";

import { describeBackend } from "../src/describe-backend.ts";

describeBackend({ backend: onnxruntime({ intraOpThreads: 1 }) });
