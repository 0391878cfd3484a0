import {dnsFault} from './tools/dns-fault.ts';

export default dnsFault('missing', 'CoreDNS leaves a record out');
