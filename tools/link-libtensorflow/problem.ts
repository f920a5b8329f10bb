/** Why libtensorflow cannot be linked here, as sentences that say what to do. */
export class LinkProblem extends Error {}
