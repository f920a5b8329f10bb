import { reference } from "@lamella/runtime";

import { describeBackend } from "../src/describe-backend.ts";
import { throughOnnx } from "../src/routes.ts";

describeBackend({ backend: throughOnnx(reference()) });
