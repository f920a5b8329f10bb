#!/usr/bin/env node
import { program } from "commander";

import manifest from "../package.json" with { type: "json" };

program.name("lamella").description(manifest.description).version(manifest.version);
await program.parseAsync();
