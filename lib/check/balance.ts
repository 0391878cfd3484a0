import {balance, MAX_FALSE_ALARM, roundRobin} from '../probe/balance.ts';
import type {Sent} from './flows.ts';
import {Violation} from './problem.ts';
import type {Testbed} from './testbed.ts';
