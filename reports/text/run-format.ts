/** Of run.json: a number that grows when a reader of the one before would misread it; fields that are added do not. */
export const RUN_FORMAT = 1;
