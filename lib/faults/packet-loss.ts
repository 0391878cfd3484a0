import {dropShare} from '../change/domain.ts';
import {linkFault} from './tools/link-fault.ts';

export default linkFault('the link of one node loses 5 percent of all packets', node => dropShare(node, 0.05));
