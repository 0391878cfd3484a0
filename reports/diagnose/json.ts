import type {Diagnosis} from '../../lib/diagnose/judge.ts';

/** The diagnosis itself, for programs. */
export const diagnosisJson = (diagnosis: Diagnosis): string => `${JSON.stringify(diagnosis, undefined, 2)}\n`;
