import {dnsFault} from './tools/dns-fault.ts';

export default dnsFault('wrong', 'CoreDNS answers with a record that is wrong');
