import {judgeClaims, type ClaimRun} from '../../lib/claims/judged.ts';
import {loadClaims} from '../../lib/claims/load.ts';
import type {Run} from '../../lib/record/run.ts';

// Once for the process: a report is a function of the run alone, and does not wait.
const CLAIMS = await loadClaims();

/** What the run says of each statement; none in a fault run. */
export const claimsOf = (run: Run): readonly ClaimRun[] => judgeClaims(run, CLAIMS);
