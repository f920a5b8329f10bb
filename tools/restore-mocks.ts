import { afterAll, vi } from "vitest";

/** For test files that share a process: what one of them replaced is back before the next one starts. */
afterAll(() => void vi.restoreAllMocks());
