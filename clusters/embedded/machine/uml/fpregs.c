/*
 * Lets user-mode Linux run on processors whose state is larger than it knows (AMX: 11,008 bytes; 6.12 has room for 2,696).
 * The kernel of the host takes a processor's state whole or not at all (xstateregs_set in arch/x86/kernel/fpu/regset.c: EFAULT), so
 * "ptrace set fp regs failed, errno = 14" ended the first process. This ptrace puts what is given into the whole of what the process has.
 * Preloaded (/etc/ld.so.preload); compiled without any header. User-mode Linux is one thread: one buffer is enough.
 */
extern long syscall(long number, ...);

struct iovec {
	unsigned long *base;
	unsigned long length;
};

enum {SYS_PTRACE = 101, PEEK_FIRST = 1, PEEK_LAST = 3, GETREGSET = 0x4204, SETREGSET = 0x4205, X86_XSTATE = 0x202};

static unsigned long whole[8192];

long ptrace(long request, long pid, long address, void *data)
{
	struct iovec all, *given = data;
	long word, result;
	unsigned long i;

	request = (int)request;
	pid = (int)pid;
	if (request >= PEEK_FIRST && request <= PEEK_LAST) {
		result = syscall(SYS_PTRACE, request, pid, address, &word);
		return result < 0 ? result : word;
	}
	if (request != SETREGSET || address != X86_XSTATE) return syscall(SYS_PTRACE, request, pid, address, data);
	all.base = whole;
	all.length = sizeof whole;
	result = syscall(SYS_PTRACE, GETREGSET, pid, address, &all);
	if (result < 0) return result;
	for (i = 0; i < given->length / sizeof *whole && i < all.length / sizeof *whole; i++) whole[i] = given->base[i];
	return syscall(SYS_PTRACE, request, pid, address, &all);
}
