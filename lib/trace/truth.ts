/** Whether a condition holds; a text: why that cannot be told. */
export type Truth = boolean | {readonly unclear: string};

export const not = (truth: Truth): Truth => (typeof truth === 'boolean' ? !truth : truth);

/** All hold. One that does not hold decides, whatever the others are. */
export const all = (truths: readonly Truth[]): Truth => (truths.includes(false) ? false : (truths.find(truth => truth !== true) ?? true));

/** One holds, at least; that decides, whatever the others are. */
export const any = (truths: readonly Truth[]): Truth => (truths.includes(true) ? true : (truths.find(truth => truth !== false) ?? false));
