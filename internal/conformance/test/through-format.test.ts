import { reference } from "@lamella/runtime";

import { describeBackend } from "../src/describe-backend.ts";
import { throughFormat } from "../src/routes.ts";

describeBackend({ backend: reference(), detour: throughFormat });
