import {dnsFault} from './tools/dns-fault.ts';

export default dnsFault('extra', 'CoreDNS answers with a record too many');
