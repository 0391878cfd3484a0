import {dnsFault} from './dns-fault.ts';

export default dnsFault('wrong', 'CoreDNS answers with a record that is wrong');
