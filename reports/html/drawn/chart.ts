import type {Chart} from '../../../lib/record/drawn.ts';
import type {Html} from '../markup.ts';
import {diffBlock} from './diff.ts';
import {sharesTable} from './shares.ts';
import {timelineTable} from './timeline.ts';

export const chartOf = (chart: Chart): Html => {
	switch (chart.kind) {
		case 'shares':
			return sharesTable(chart);
		case 'timeline':
			return timelineTable(chart);
		case 'diff':
			return diffBlock(chart);
	}
};
