import {dropFragments} from '../change/domain.ts';
import {linkFault} from './tools/link-fault.ts';

export default linkFault('the link of one node loses fragments of packets', dropFragments);
