import {declareSuite} from '../../lib/check/declare.ts';

await declareSuite(import.meta.url);
