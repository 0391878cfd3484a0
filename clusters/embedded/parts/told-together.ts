/**
 * Progress of works that go on side by side, told in one line: `Debian packages, 20 of 175 unpacked · kubeadm, 1 of 12`. A work that has
 * ended is not told any more, so that nothing looks as if it stood still. Answers how to do such a work.
 */
export const toldTogether = (
	progress: (text: string) => void,
): (<T>(work: (progress: (text: string) => void) => Promise<T>) => Promise<T>) => {
	const now = new Map<object, string>();
	const tell = (): void => {
		if (now.size > 0) progress([...now.values()].join(' · '));
	};
	return async work => {
		const own = {};
		try {
			return await work(text => {
				now.set(own, text);
				tell();
			});
		} finally {
			if (now.delete(own)) tell();
		}
	};
};
