import { reference } from "@lamella/runtime";

import { describeBackend } from "../src/describe-backend.ts";

describeBackend({ backend: reference() });
