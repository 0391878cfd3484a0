import {dropLarge} from '../change/domain.ts';
import {linkFault} from './tools/link-fault.ts';

export default linkFault('the link of one node loses large packets and says nothing about it', node => dropLarge(node, 1000));
